import { expect, it } from 'vitest';
import { edgePull } from './geometry';

const box = { left: 100, top: 50, right: 900, bottom: 650 };

it('moves the view towards the border that something is dragged to, the nearer the faster', () => {
  expect(edgePull(box, { x: 500, y: 300 })).toEqual({ x: 0, y: 0 });
  const near = edgePull(box, { x: 500, y: 645 });
  const far = edgePull(box, { x: 500, y: 610 });
  expect(near.x).toBe(0);
  expect(near.y).toBeLessThan(far.y); // what lies below comes up
  expect(far.y).toBeLessThan(0);
  expect(edgePull(box, { x: 101, y: 51 }).x).toBeGreaterThan(10);
  expect(edgePull(box, { x: 101, y: 51 }).y).toBeGreaterThan(10);
});

it('stays where it is while the pointer is elsewhere', () => {
  expect(edgePull(box, { x: 20, y: 300 })).toEqual({ x: 0, y: 0 });
  expect(edgePull(box, { x: 500, y: 700 })).toEqual({ x: 0, y: 0 });
});
