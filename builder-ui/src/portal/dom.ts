type Child = Node | string | false | null | undefined;
type Props = { [key: string]: string | number | boolean | ((event: Event) => void) | undefined };

/** An element with attributes, listeners (on…) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') el.addEventListener(key.slice(2).toLowerCase(), value);
    else el.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) if (child) el.append(child);
  return el;
}

let ids = 0;
/** A labelled control, with a hint. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  control.id ||= `f${++ids}`;
  const about = hint ? h('small', { id: `${control.id}-hint` }, hint) : null;
  if (about) control.setAttribute('aria-describedby', about.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, about);
}
