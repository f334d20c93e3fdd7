/** How long an answer that nobody came for is kept, in ms: later it might be old. */
const keep = 10_000;

type Answer = { asked: number; body: Promise<unknown> };
const answers = new Map<string, Answer>();

/** Asks for what a page will want first, while its code is still on its way. */
export function askEarly(url: string, language: string): void {
  const ask = async () => {
    const response = await fetch(url, {
      headers: { Accept: 'application/json', 'Accept-Language': language },
      credentials: 'same-origin',
    });
    // Nobody is signed in, or it went wrong: the page asks itself, and tells.
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  };
  const body = ask();
  body.catch(() => {});
  answers.set(url, { asked: performance.now(), body });
}

/** The answer to an address that was asked for early, to the first who comes soon enough. */
export function takeEarly(url: string): Promise<unknown> | undefined {
  const answer = answers.get(url);
  answers.delete(url);
  return answer && performance.now() - answer.asked < keep ? answer.body : undefined;
}

/** Whoever signs in now may not be the one for whom was asked. */
export const forgetEarly = () => answers.clear();
