// The page on which a customer agrees to notices: its address after # names the customer and proves the invitation.
const zh = (navigator.language || '').toLowerCase().startsWith('zh');
const words = {
  title: zh ? '付款提醒通知' : 'Payment notices',
  ask: zh
    ? '允许在此浏览器中接收友好的付款提醒。您可以随时关闭。'
    : 'Get friendly payment reminders in this browser. You can turn them off at any time.',
  agree: zh ? '允许通知' : 'Allow notices',
  leave: zh ? '关闭通知' : 'Turn notices off',
  on: zh ? '已开启：提醒会显示在此浏览器中。' : 'They are on: reminders will show in this browser.',
  off: zh ? '已关闭。' : 'They are off.',
  denied: zh
    ? '浏览器未允许通知。请在浏览器设置中允许后重试。'
    : 'The browser does not allow notices. Allow them in its settings and try again.',
  cannot: zh ? '此浏览器不支持通知。' : 'This browser cannot show notices.',
  invalid: zh ? '链接无效或已过期。' : 'This link is not valid any more.',
};
const $ = (id) => document.getElementById(id);
const api = `/api/v1/push/${location.hash.slice(1)}`;
const say = (key) => {
  $('text').textContent = words[key];
};
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

async function tell(subscription, leave) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(api, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth, leave }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

async function show(registration) {
  const there = await registration.pushManager.getSubscription();
  $('agree').hidden = Boolean(there);
  $('leave').hidden = !there;
  return there;
}

async function start() {
  document.documentElement.lang = zh ? 'zh-CN' : 'en';
  document.title = words.title;
  $('title').textContent = words.title;
  $('agree').textContent = words.agree;
  $('leave').textContent = words.leave;
  const answer = await fetch(api);
  if (!answer.ok) return say('invalid');
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return say('cannot');
  const { key } = await answer.json();
  const registration = await navigator.serviceWorker.register('/push-sw.js');
  say((await show(registration)) ? 'on' : 'ask');
  $('agree').onclick = async () => {
    if ((await Notification.requestPermission()) !== 'granted') return say('denied');
    const made = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(key),
    });
    await tell(made, false);
    await show(registration);
    say('on');
  };
  $('leave').onclick = async () => {
    const there = await registration.pushManager.getSubscription();
    await tell(there, true);
    await there.unsubscribe();
    await show(registration);
    say('off');
  };
}

start().catch(() => say('invalid'));
