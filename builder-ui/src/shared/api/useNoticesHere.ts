import { useEffect } from 'react';

/** Whoever agreed to notices in this browser gets them again after signing in; nothing is loaded for others. */
export function useNoticesHere(user: string) {
  useEffect(() => {
    if (!agreed(user)) return;
    import('@/shared/lib/noticeBrowser').then(({ agreeAgain }) => agreeAgain(user)).catch(() => undefined); // the settings page says whether they are on, and lets one try again
  }, [user]);
}

function agreed(user: string): boolean {
  try {
    return localStorage.getItem(`dueflow.notices.${user}`) === '1' && Notification.permission === 'granted';
  } catch {
    return false; // no storage, or a browser without notices
  }
}
