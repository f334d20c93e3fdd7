import { type Box, cardHeight, cardWidth, type Layout, type Route } from '../model/layout';

export type Drawn = { path: string; label: { x: number; y: number }; plus: { x: number; y: number } };

const radius = 10;

/** A line of straight parts with rounded corners. */
export function rounded(points: readonly (readonly [number, number])[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first[0]} ${first[1]}`;
  let from = first;
  for (const [at, to] of rest.entries()) {
    const after = rest[at + 1];
    if (!after) {
      path += `L${to[0]} ${to[1]}`;
      break;
    }
    const into = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const out = Math.hypot(after[0] - to[0], after[1] - to[1]);
    const bend = Math.min(radius, into / 2, out / 2);
    if (bend < 0.5) continue;
    const start = [to[0] - ((to[0] - from[0]) / into) * bend, to[1] - ((to[1] - from[1]) / into) * bend];
    const end = [to[0] + ((after[0] - to[0]) / out) * bend, to[1] + ((after[1] - to[1]) / out) * bend];
    path += `L${start[0]} ${start[1]}Q${to[0]} ${to[1]} ${end[0]} ${end[1]}`;
    from = to;
  }
  return path;
}

export const openSize = 36;

/** Where the line of a way runs: down its own lane, and only just before its end across to the step it joins. */
export function draw(route: Route, layout: Layout, many: boolean): Drawn {
  const from = layout.boxes.get(route.from) as Box;
  const sx = from.x + cardWidth / 2;
  const sy = from.y + cardHeight;
  const { lane } = route;
  const turn = sy + 16;
  const label = { x: lane, y: sy + 38 };
  const plus = { x: lane, y: many ? sy + 70 : sy + 24 };
  const down: [number, number][] =
    Math.abs(lane - sx) < 1
      ? [[sx, sy]]
      : [
          [sx, sy],
          [sx, turn],
          [lane, turn],
        ];
  const target = route.to === undefined ? undefined : layout.boxes.get(route.to);
  if (!target) return { path: rounded([...down, [lane, openTop(sy, many)]]), label, plus };
  const tx = target.x + cardWidth / 2;
  const ty = target.y;
  if (route.back) {
    const side = sideOf(layout, target.y, from.y) + 34;
    const bottom = many ? sy + 92 : sy + 44;
    return {
      path: rounded([
        ...down,
        [lane, bottom],
        [side, bottom],
        [side, ty + cardHeight / 2],
        [target.x + cardWidth, ty + cardHeight / 2],
      ]),
      label,
      plus,
    };
  }
  const across = ty - 18;
  const rest: [number, number][] =
    Math.abs(lane - tx) < 1
      ? [[tx, ty]]
      : [
          [lane, across],
          [tx, across],
          [tx, ty],
        ];
  return { path: rounded([...down, ...rest]), label, plus };
}

export const openTop = (bottom: number, many: boolean) => bottom + (many ? 60 : 22);

/** The right edge of everything between two heights: a line back up must not cross it. */
function sideOf(layout: Layout, top: number, bottom: number): number {
  let side = 0;
  for (const box of layout.boxes.values())
    if (box.y >= top - 1 && box.y <= bottom + 1) side = Math.max(side, box.x + cardWidth);
  return side;
}

const edge = 48;
const fastest = 14;

/** How far a view moves in one frame while something is dragged near its border, in pixels; the nearer, the faster. */
export function edgePull(
  box: { left: number; top: number; right: number; bottom: number },
  at: { x: number; y: number },
): { x: number; y: number } {
  const outside = at.x < box.left || at.x > box.right || at.y < box.top || at.y > box.bottom;
  if (outside) return { x: 0, y: 0 };
  const pull = (toStart: number, toEnd: number) => {
    if (toStart < edge && toStart <= toEnd) return Math.round((1 - toStart / edge) * fastest);
    if (toEnd < edge) return -Math.round((1 - toEnd / edge) * fastest);
    return 0;
  };
  return { x: pull(at.x - box.left, box.right - at.x), y: pull(at.y - box.top, box.bottom - at.y) };
}
