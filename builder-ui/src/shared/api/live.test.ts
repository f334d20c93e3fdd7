import { describe, expect, it } from 'vitest';
import { backoff, initialLive, type LiveInput, liveReducer, staleKeys } from './live';

const stateAfter = (...inputs: LiveInput[]) => inputs.reduce(liveReducer, initialLive);

describe('live connection', () => {
  it('resumes after the last event it saw', () => {
    const state = stateAfter(
      { type: 'opened' },
      { type: 'received', seq: 7 },
      { type: 'received', seq: 5 },
      { type: 'closed' },
      { type: 'retry' },
    );
    expect(state).toEqual({ status: 'connecting', seq: 7, attempt: 1 });
  });

  it('starts over when the server has forgotten its place', () => {
    expect(stateAfter({ type: 'received', seq: 7 }, { type: 'reset' }).seq).toBe(0);
  });

  it('waits longer after each failure and forgets them once open', () => {
    expect(stateAfter({ type: 'closed' }, { type: 'closed' }).attempt).toBe(2);
    expect(stateAfter({ type: 'closed' }, { type: 'opened' }).attempt).toBe(0);
    expect([1, 2, 3, 20].map((attempt) => backoff(attempt, 0))).toEqual([500, 1000, 2000, 30_000]);
    expect(backoff(3, 1)).toBe(1500);
  });
});

describe('stale keys', () => {
  it('name each cache entry once, however many events came', () => {
    const keys = staleKeys([
      { type: 'message', id: 'm1', customer: 'c1' },
      { type: 'message', id: 'm2', customer: 'c1' },
    ]);
    expect(keys).toEqual([['customer', 'c1'], ['today'], ['messages']]);
  });

  it('cover the lists an account shows up in', () => {
    expect(staleKeys([{ type: 'account', id: 'c1' }])).toEqual([
      ['customer', 'c1'],
      ['today'],
      ['records', 'customer'],
      ['records', 'invoice'],
      ['records', 'payment'],
    ]);
  });

  it('leave alone what a record of another form does not touch', () => {
    expect(staleKeys([{ type: 'record', id: 'r1', form: 'contact' }])).toEqual([['records', 'contact']]);
  });
});
