import { type RefObject, useEffect, useRef } from 'react';

/** Where the parts of a page do not fit side by side, the one that is shown is scrolled into sight. */
export function useInSight<T extends HTMLElement>(current: string): RefObject<T | null> {
  const box = useRef<T>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another part is shown
  useEffect(() => {
    const element = box.current;
    const shown = element?.querySelector<HTMLElement>('[aria-current], .active');
    if (!element || !shown || element.scrollWidth <= element.clientWidth) return;
    element.scrollLeft =
      shown.offsetLeft - element.offsetLeft - (element.clientWidth - shown.offsetWidth) / 2;
  }, [current]);
  return box;
}
