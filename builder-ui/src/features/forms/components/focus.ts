/** Focuses an item of the canvas once it is there. */
export function focusSoon(name: string) {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const item = document.querySelector<HTMLElement>(`[data-item="${CSS.escape(name)}"]`);
      item?.focus({ preventScroll: true });
      item?.scrollIntoView({ block: 'nearest' });
    }),
  );
}
