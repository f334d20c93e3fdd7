import { App, Button } from 'antd';
import { createElement, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { ApiError, api } from '@/shared/api/client';
import { useAccountChanged } from '@/shared/api/records';
import type { Page, TimelineEntry } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { sendMoves } from '../api/board';
import type { Place } from '../model/board';
import { isClosed, moveOf, needsForm } from '../model/query';
import type { Card, ColumnKey, Move } from '../model/types';
import { useBoard } from '../store/board';

type Asking = { card: Card; to: ColumnKey; back?: Place };
type Bulk = { ids: string[]; to: ColumnKey | 'assign' };

/** What is being asked before a move: one card's form, or the preview of several. */
export const useAsking = create<{ one?: Asking; many?: Bulk }>(() => ({}));

export function useMoves() {
  const { t } = useTranslation();
  const format = useFormat();
  const { notification } = App.useApp();
  const changed = useAccountChanged();

  const say = useCallback(
    (kind: 'done' | 'refused', card: string, title: string, text?: string, undo?: () => void) => {
      const key = `move-${card}`;
      notification[kind === 'done' ? 'success' : 'warning']({
        key,
        title,
        description: text,
        duration: kind === 'done' ? 8 : 12,
        role: 'status',
        className: 'board-toast',
        actions: undo
          ? createElement(
              Button,
              {
                size: 'small',
                onClick: () => {
                  notification.destroy(key);
                  undo();
                },
              },
              t('board.undo'),
            )
          : undefined,
      });
    },
    [notification, t],
  );

  /** Who moved the account meanwhile, and what they did, as the timeline tells it. */
  const explain = useCallback(
    async (id: string) => {
      try {
        const { items } = await api.get<Page<TimelineEntry>>(`/customers/${id}/timeline`, { limit: 10 });
        const entry = items.find(({ kind }) => kind !== 'step' && kind !== 'note');
        if (!entry) return undefined;
        const said = format.text(entry.text);
        return entry.actor?.name && entry.actor.name !== entry.actor.id
          ? t('board.byWhom', { what: said, who: entry.actor.name })
          : said;
      } catch {
        return undefined;
      }
    },
    [format, t],
  );

  const column = useCallback((key: ColumnKey) => t(`board.column.${key}`), [t]);

  const send = useCallback(
    async (move: Move, back?: Place, asForm = false): Promise<void> => {
      const { hold, settle, putBack, board } = useBoard.getState();
      const name = board.cards[move.customer]?.name ?? '';
      hold([move.customer], true);
      try {
        const [result] = await sendMoves([move]);
        if (!result) throw new Error('no answer');
        if (result.ok) {
          if (result.card) settle(result.card);
          changed(move.customer);
          const { undo } = result;
          const at = result.card?.column ?? move.to;
          say(
            'done',
            move.customer,
            t('board.moved', { name, column: column(at) }),
            at === move.to ? undefined : t('board.movedElsewhere', { column: column(move.to) }),
            undo && (() => void send(undo, useBoard.getState().shift(undo.customer, undo.to))),
          );
          return;
        }
        const problem = result.problem ?? {};
        // What a field refuses is said at the field; the form stays open with what was typed.
        if (asForm && problem.errors?.length && problem.key !== 'ledger.moved')
          throw new ApiError(problem.status ?? 422, problem);
        if (result.card) settle(result.card);
        else if (back) putBack(back);
        const now = result.card?.column;
        if (problem.key === 'ledger.moved' && now)
          say(
            'refused',
            move.customer,
            t('board.stale', { name, column: column(now) }),
            await explain(move.customer),
          );
        else {
          const { title, text } = errorText(new ApiError(problem.status ?? 422, problem), t);
          say('refused', move.customer, t('board.refused', { name }), text || title);
        }
      } catch (error) {
        if (asForm && error instanceof ApiError && error.status === 422) throw error;
        if (back) putBack(back);
        const { title, text } = errorText(error, t);
        say('refused', move.customer, t('board.refused', { name }), `${title} ${text}`);
      } finally {
        useBoard.getState().hold([move.customer], false);
      }
    },
    [changed, column, explain, say, t],
  );

  /** A card let go over a column, or told to go there: asks for what the move needs, or does it. */
  const request = useCallback(
    (ids: string[], to: ColumnKey) => {
      const { board, shift } = useBoard.getState();
      if (ids.length > 1) {
        useAsking.setState({ many: { ids, to } });
        return;
      }
      const [id = ''] = ids;
      const card = board.cards[id];
      if (!card || card.column === to) return;
      if (isClosed(to)) {
        say('refused', id, t('board.closed', { column: column(to) }), t('board.closedText'));
        return;
      }
      const back = shift(id, to);
      if (needsForm(to)) {
        useBoard.getState().hold([id], true);
        useAsking.setState({ one: { card, to, back } });
      } else void send(moveOf(card, to), back);
    },
    [column, say, send, t],
  );

  /** The form was closed without an answer: the card goes back to where it was taken from. */
  const cancel = useCallback(() => {
    const { one } = useAsking.getState();
    if (!one) return;
    useAsking.setState({ one: undefined });
    const { board, hold, putBack } = useBoard.getState();
    if (one.back && board.cards[one.card.id]?.column === one.card.column) putBack(one.back);
    hold([one.card.id], false);
  }, []);

  return useMemo(() => ({ request, send, cancel, column }), [request, send, cancel, column]);
}
