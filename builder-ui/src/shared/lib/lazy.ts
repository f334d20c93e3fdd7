import { type ComponentType, lazy as reactLazy } from 'react';

const pause = 1500; // ms between two questions whether the server is there

type Load<T> = () => Promise<T>;

/** What came before it was shown, by how it is loaded. */
const arrived = new WeakMap<Load<unknown>, unknown>();

/** Loads code that will soon be wanted. */
export async function ahead(load: Load<unknown>): Promise<void> {
  arrived.set(load, await load());
}

/**
 * Code that comes when it is first wanted. A server that is away for a moment takes no page down with it: the code
 * is asked for until there is an answer. What the server does not have, as after an upgrade, fails.
 *
 * What has come ahead is shown at once: a promise, even one that is kept already, would show the placeholder first,
 * which React then leaves standing for 300 ms.
 */
// biome-ignore lint/suspicious/noExplicitAny: React's own bound; the component's properties are inferred
export const lazy = <T extends ComponentType<any>>(load: Load<{ default: T }>) =>
  reactLazy(() => {
    const code = arrived.get(load) as { default: T } | undefined;
    return code ? atOnce(code) : untilAnswered(load);
  });

/** React asks only for `then`. */
// biome-ignore lint/suspicious/noThenProperty: this is what a promise cannot do, be kept on the spot
const atOnce = <T>(value: T) => ({ then: (take: (value: T) => void) => take(value) }) as Promise<T>;

export async function untilAnswered<T>(load: Load<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      if (await isThere()) return load();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

const isThere = () =>
  fetch('/healthz', { cache: 'no-store' }).then(
    () => true,
    () => false,
  );
