// Shows notices to people of the house, also while no page of ours is open, and opens the page a notice leads to.
// It keeps and fetches nothing.
self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('push', (event) => {
  let notice = {};
  try {
    notice = event.data.json();
  } catch {
    return;
  }
  event.waitUntil(
    self.registration.showNotification(notice.title || 'Dueflow', {
      body: notice.body,
      lang: notice.lang,
      tag: notice.tag,
      icon: '/favicon.svg',
      data: { url: notice.url },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const to = new URL(event.notification.data?.url || '/', self.location.origin);
  if (to.origin !== self.location.origin) return;
  event.waitUntil(show(to.href));
});

// A page of ours that is there already is better than another one.
async function show(href) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = pages.find((page) => page.url === href);
  if (there) return there.focus();
  return self.clients.openWindow(href);
}
