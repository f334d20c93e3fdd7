import { useSyncExternalStore } from 'react';
import { usePrefs } from '@/shared/lib/prefs';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

export function useIsDark(): boolean {
  const choice = usePrefs((prefs) => prefs.theme);
  const system = useMedia('(prefers-color-scheme: dark)');
  return choice === 'system' ? system : choice === 'dark';
}

/** Fingers need more room than a pointer; a phone's width counts whatever its browser says. */
export const useIsTouch = () => useMedia('(pointer: coarse), (max-width: 760px)');

/** Some readers ask their system for less movement; then nothing slides or fades. */
export const useIsStill = () => useMedia('(prefers-reduced-motion: reduce)');
