// Shows what the push service brings, and opens the page it names. It keeps and fetches nothing.
self.addEventListener('push', (event) => {
  let notice = {};
  try {
    notice = event.data.json();
  } catch {
    return;
  }
  event.waitUntil(
    self.registration.showNotification(notice.title || '…', {
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
  const { url } = event.notification.data || {};
  if (/^https?:\/\//.test(url || '')) event.waitUntil(self.clients.openWindow(url));
});
