import { create } from 'zustand';

export type ThemeChoice = 'system' | 'light' | 'dark';
type Prefs = {
  theme: ThemeChoice;
  narrowNav: boolean;
  setTheme: (theme: ThemeChoice) => void;
  toggleNav: () => void;
};

const storageKey = 'dueflow.prefs';

function read(): { theme: ThemeChoice; narrowNav: boolean } {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    const theme = stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system';
    return { theme, narrowNav: stored.narrowNav === true };
  } catch {
    return { theme: 'system', narrowNav: false };
  }
}

/** What this browser remembers for its reader; never business data. */
export const usePrefs = create<Prefs>((set) => ({
  ...read(),
  setTheme: (theme) => set({ theme }),
  toggleNav: () => set((prefs) => ({ narrowNav: !prefs.narrowNav })),
}));

usePrefs.subscribe(({ theme, narrowNav }) => {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ theme, narrowNav }));
  } catch {
    // Storage may be closed; the choice lasts for this page only.
  }
});
