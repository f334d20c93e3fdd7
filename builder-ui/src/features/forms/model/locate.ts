/** Where a JSON pointer's value stands in a text of JSON: its line, counted from 1. */
export function lineOf(text: string, pointer: string): number {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let pos = 0;
  let line = 1;
  let found = 1;
  const step = () => {
    if (text[pos] === '\n') line++;
    pos++;
  };
  const space = () => {
    while (pos < text.length && /\s/.test(text[pos] ?? '')) step();
  };
  const string = (): string => {
    const start = pos;
    step();
    while (pos < text.length && text[pos] !== '"') {
      if (text[pos] === '\\') step();
      step();
    }
    step();
    try {
      return JSON.parse(text.slice(start, pos));
    } catch {
      return '';
    }
  };
  const skip = (path: string[], on: boolean): void => {
    space();
    const opener = text[pos];
    if (on && path.length <= wanted.length) found = line;
    if (opener === '"') {
      string();
      return;
    }
    if (opener !== '{' && opener !== '[') {
      while (pos < text.length && !/[,\]}\s]/.test(text[pos] ?? '')) step();
      return;
    }
    const closer = opener === '{' ? '}' : ']';
    step();
    for (let at = 0; pos < text.length; at++) {
      space();
      if (text[pos] === closer) break;
      let name = String(at);
      if (opener === '{') {
        const begin = line;
        name = string();
        if (on && wanted[path.length] === name) found = begin;
        space();
        step();
      }
      skip([...path, name], on && wanted[path.length] === name);
      space();
      if (text[pos] === ',') step();
      else if (text[pos] !== closer) break;
    }
    step();
  };
  skip([], true);
  return found;
}

/** The line of a syntax error, from what the engine says about it. */
export function syntaxLine(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : '';
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  const at = position ? Number(position) : text.length;
  return text.slice(0, at).split('\n').length;
}
