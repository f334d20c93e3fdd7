import { type ComponentType, lazy as reactLazy } from 'react';

const pause = 1500; // ms between two questions whether the server is there

/**
 * Code that comes when it is first wanted. A server that is away for a moment takes no page down with it: the code
 * is asked for until there is an answer. What the server does not have, as after an upgrade, fails.
 */
// biome-ignore lint/suspicious/noExplicitAny: React's own bound; the component's properties are inferred
export const lazy = <T extends ComponentType<any>>(load: () => Promise<{ default: T }>) =>
  reactLazy(() => untilAnswered(load));

export async function untilAnswered<T>(load: () => Promise<T>): Promise<T> {
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
