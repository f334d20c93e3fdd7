import { field, h } from './dom';
import { minor } from './format';
import type { View } from './view';

/** Asks in a dialog; its form is sent by send, and a refusal stays in sight beside what was typed. */
function ask(
  view: View,
  title: string,
  text: string,
  done: string,
  fields: HTMLElement[],
  send: () => Promise<void>,
) {
  const { t } = view;
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'main' }, done);
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', {}, title),
    h('p', { class: 'soft' }, text),
    ...fields,
    wrong,
  );
  form.append(
    h(
      'div',
      { class: 'row end' },
      h('button', { type: 'button', onclick: () => dialog.close() }, t('cancel')),
      submit,
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    submit.disabled = true;
    try {
      await send();
      dialog.close();
    } catch (cause) {
      wrong.textContent = (cause instanceof Error && cause.message) || t('failed');
    }
    submit.disabled = false;
  });
  const dialog = h('dialog', { 'aria-label': title }, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const plus = (day: string, n: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);

/** Names a day to pay for some invoices. */
export function askDay(view: View, invoices: string[], was?: string) {
  const { t, data } = view;
  const until = data.promise.until ?? data.today;
  const week = plus(data.today, 7);
  const day = h('input', {
    type: 'date',
    required: true,
    min: data.today,
    max: until,
    value: was ?? (week < until ? week : until),
  });
  ask(
    view,
    t('dayTitle'),
    t('dayText'),
    t('name'),
    [field(t('day'), day, t('dayHint', { date: view.day(until) }))],
    () => view.tell('promise', { invoices, date: day.value }, 'thanksDay'),
  );
}

/** Says that some invoices have been paid. */
export function askPaid(view: View, invoices: string[]) {
  const { t, data } = view;
  const day = h('input', { type: 'date', required: true, max: data.today, value: data.today });
  const reference = h('input', { maxlength: 200, autocomplete: 'off' });
  ask(
    view,
    t('paidTitle'),
    t('paidText'),
    t('havePaid'),
    [field(t('day'), day), field(t('reference'), reference)],
    () => view.tell('paid', { invoices, date: day.value, reference: reference.value }, 'thanksPaid'),
  );
}

/** Says what is wrong with an invoice. */
export function askWrong(view: View, id: string) {
  const { t, data } = view;
  const invoice = data.invoices.find((i) => i.id === id);
  if (!invoice) return;
  const reason = h('textarea', { required: true, maxlength: 500, rows: 4 });
  const amount = h('input', { inputmode: 'decimal', autocomplete: 'off', maxlength: 20 });
  ask(
    view,
    t('wrongTitle', { number: invoice.number }),
    t('wrongText'),
    t('send'),
    [field(t('reason'), reason), field(t('amount', { currency: invoice.currency }), amount, t('amountHint'))],
    async () => {
      const n = amount.value.trim() ? minor(amount.value, view.digits(invoice.currency)) : 0;
      if (n === null) throw new Error(t('badAmount'));
      await view.tell('dispute', { invoice: id, amount: n, reason: reason.value }, 'thanksWrong');
    },
  );
}

/** Asks not to be contacted any more. */
export function askStop(view: View) {
  const { t } = view;
  const why = h('textarea', { maxlength: 500, rows: 3 });
  ask(view, t('stop'), t('stopText'), t('stopDo'), [field(t('stopWhy'), why)], () =>
    view.tell('message', { stop: true, text: why.value }, 'stopped'),
  );
}
