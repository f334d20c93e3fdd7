import { api } from '@/shared/api/client';

export type NoticeBrowser = { key: string; on: boolean; may: boolean };

const mark = (user: string) => `dueflow.notices.${user}`;

function remember(user: string, agreed: boolean) {
  try {
    if (agreed) localStorage.setItem(mark(user), '1');
    else localStorage.removeItem(mark(user));
  } catch {
    // Without storage the browser has to be asked again after the next sign-in.
  }
}

export const canShowNotices = () =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

// A scope of its own: the page for customers registers its worker for the whole site.
const worker = (scope = '/me/') => navigator.serviceWorker.register('/desk-sw.js', { scope });

const bytes = (text: string) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

export type BrowserAddress = { endpoint?: string; p256dh?: string; auth?: string };

function addressOf(subscription: PushSubscription): BrowserAddress {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, p256dh: keys?.p256dh, auth: keys?.auth };
}

/** Why a browser does not show notices although it was asked to: its owner says no, or its maker's service is away. */
export class NoNotices extends Error {
  constructor(readonly why: 'denied' | 'unreachable' | 'cannot') {
    super(why);
  }
}

async function subscribe(registration: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  try {
    return await registration.pushManager.subscribe(options);
  } catch {
    // One that was made with another server's key may be in the way.
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    return registration.pushManager.subscribe(options).catch(() => {
      throw new NoNotices('unreachable');
    });
  }
}

export async function agree(user: string, key: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NoNotices('denied');
  await api.put('/notices/browser', addressOf(await subscribe(await worker(), key)));
  remember(user, true);
}

/** Where this browser gets one notice to try a key with. It stands beside the person's own notices. */
export async function agreeForTest(key: string): Promise<BrowserAddress> {
  if (!canShowNotices()) throw new NoNotices('cannot');
  if ((await Notification.requestPermission()) !== 'granted') throw new NoNotices('denied');
  const registration = await worker('/settings/channels/');
  await running(registration);
  return addressOf(await subscribe(registration, key));
}

/** A registration takes subscriptions only once its worker runs. */
async function running(registration: ServiceWorkerRegistration) {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active || !coming) return;
  await new Promise<void>((resolve) => {
    coming.addEventListener('statechange', () => coming.state === 'activated' && resolve());
  });
}

export async function disagree(user: string): Promise<void> {
  remember(user, false);
  await api.delete('/notices/browser');
  const registration = await navigator.serviceWorker.getRegistration('/me/');
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** After signing in again: the new session shows notices where the old one did. */
export async function agreeAgain(user: string): Promise<void> {
  const { key, on, may } = await api.get<NoticeBrowser>('/notices/browser');
  if (may && !on) await agree(user, key);
}
