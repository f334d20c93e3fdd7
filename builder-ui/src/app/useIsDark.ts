import { useSyncExternalStore } from 'react';
import { usePrefs } from '@/shared/lib/prefs';

const media = window.matchMedia('(prefers-color-scheme: dark)');

const subscribe = (changed: () => void) => {
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
};

export function useIsDark(): boolean {
  const choice = usePrefs((prefs) => prefs.theme);
  const system = useSyncExternalStore(subscribe, () => media.matches);
  return choice === 'system' ? system : choice === 'dark';
}
