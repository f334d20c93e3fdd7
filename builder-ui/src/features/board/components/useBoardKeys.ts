import { type KeyboardEvent, useCallback } from 'react';
import { neighbour, type Step, walk } from '../model/board';
import { isClosed } from '../model/query';
import type { ColumnKey } from '../model/types';
import { useBoard } from '../store/board';
import { useMenu } from './MoveMenu';
import { useMoves } from './useMoves';

const steps: Record<string, Step> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'first',
  End: 'last',
  k: 'up',
  j: 'down',
};

/** Gives a card the focus, bringing it into sight first. */
export function standOn(id: string) {
  useBoard.getState().stand(id);
  document.dispatchEvent(new CustomEvent('board:stand', { detail: { id } }));
}

/** The board without a mouse: arrows walk, Alt+arrows move, Space selects, "m" opens the moves. */
export function useBoardKeys(columns: ColumnKey[], lanes: string[]) {
  const { request } = useMoves();
  return useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const id = target.dataset.open ?? target.closest<HTMLElement>('[data-card]')?.dataset.card;
      if (!id || target.closest('[role="menu"]') || event.ctrlKey || event.metaKey) return;
      const { board, selected, pick, pickNone } = useBoard.getState();
      const card = board.cards[id];
      if (!card) return;
      const ids = selected.has(id) ? [...selected] : [id];
      if (event.altKey) {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        const to = neighbour(columns, card.column, event.key === 'ArrowLeft' ? -1 : 1, isClosed);
        if (to) request(ids, to);
        else if (event.key === 'ArrowLeft' && columns.includes('current')) request(ids, 'current');
        return;
      }
      const step = steps[event.key];
      if (step) {
        event.preventDefault();
        const to = walk(board, columns, lanes, id, step);
        if (!to) return;
        if (event.shiftKey) {
          if (!selected.has(id)) pick(id, {});
          pick(to, { upTo: true });
        }
        standOn(to);
      } else if (event.key === ' ') {
        if (target.tagName !== 'BUTTON' || target.dataset.open === undefined) return;
        event.preventDefault();
        pick(id, { upTo: event.shiftKey });
      } else if (event.key === 'm') {
        event.preventDefault();
        useMenu.setState({ id });
      } else if (event.key === 'Escape' && selected.size > 0) {
        pickNone();
      }
    },
    [columns, lanes, request],
  );
}
