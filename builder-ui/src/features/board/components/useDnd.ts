import { type RefObject, useEffect, useRef } from 'react';

type Dnd = typeof import('./dnd');

let reading: Promise<Dnd> | undefined;

/** Dragging comes after the cards: the board is there to be read before its last script has arrived. */
export function useDnd(
  target: RefObject<HTMLElement | null>,
  attach: (dnd: Dnd, element: HTMLElement) => () => void,
  key: string,
) {
  const latest = useRef(attach);
  latest.current = attach;
  // biome-ignore lint/correctness/useExhaustiveDependencies: attached anew for what the key stands for
  useEffect(() => {
    let detach: (() => void) | undefined;
    let gone = false;
    reading ??= import('./dnd');
    reading
      .then((dnd) => {
        if (!gone && target.current) detach = latest.current(dnd, target.current);
      })
      .catch(() => {
        // Without the script the menu and the keyboard still move cards; the next card asks again.
        reading = undefined;
      });
    return () => {
      gone = true;
      detach?.();
    };
  }, [key, target]);
}
