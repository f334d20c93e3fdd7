import { useEffect, useState } from 'react';
import { create } from 'zustand';
import { dateOf } from '../lib/date';
import type { Clock } from './types';

type Store = { clock: Clock | null; receivedAt: number; set: (clock: Clock) => void };

/** The server's clock as last heard. In a demo it runs faster than ours. */
export const useClock = create<Store>((set) => ({
  clock: null,
  receivedAt: 0,
  set: (clock) => set({ clock, receivedAt: performance.now() }),
}));

/** The server's time now, from what it last said and how long ago that was (both in milliseconds). */
export function serverNow(clock: Clock, elapsed: number): number {
  const speed = clock.demo && clock.dayLengthSeconds ? 86_400 / clock.dayLengthSeconds : 1;
  return Date.parse(clock.now) + elapsed * speed;
}

/** Counts the server's time, ticking every `every` milliseconds. */
export function useServerNow(every: number): number | undefined {
  const { clock, receivedAt } = useClock();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return clock ? serverNow(clock, performance.now() - receivedAt) : undefined;
}

/** The server's calendar date in the workspace's time zone. */
export function useToday(timeZone: string): string {
  const clock = useClock((store) => store.clock);
  return clock?.today ?? dateOf(new Date().toISOString(), timeZone);
}
