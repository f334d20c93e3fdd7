type Adapter = typeof import('@atlaskit/pragmatic-drag-and-drop/element/adapter');

let adapter: Promise<Adapter> | undefined;

/** Dragging is not needed for the first picture, so its library follows it. */
export function withDrag(register: (adapter: Adapter) => () => void): () => void {
  adapter ??= import('@atlaskit/pragmatic-drag-and-drop/element/adapter');
  let stop: (() => void) | undefined;
  let gone = false;
  void adapter.then((loaded) => {
    if (!gone) stop = register(loaded);
  });
  return () => {
    gone = true;
    stop?.();
  };
}
