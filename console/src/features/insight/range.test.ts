import { expect, test } from 'vitest';
import { daysOf, percent, spanOf } from './range';

test('a range is days back from now, thirty where nothing is said', () => {
  const now = new Date('2026-11-29T10:00:30.123Z');
  expect(spanOf(7, now)).toEqual({ since: '2026-11-22T10:00:00.000Z' });
  // The time before ends where this one begins: nothing counts twice, nothing is left out.
  expect(spanOf(7, now, true)).toEqual({ since: '2026-11-15T10:00:00.000Z', until: '2026-11-22T10:00:00.000Z' });
  expect([daysOf(undefined), daysOf('seven'), daysOf('90')]).toEqual([30, 30, 90]);
});

test('a share of nothing is none, and a small one is not rounded away', () => {
  expect(percent({ count: 0, of: 0 })).toBe('–');
  expect(percent({ count: 0, of: 8 })).toBe('0%');
  expect(percent({ count: 1, of: 300 })).toBe('0.3%');
  expect(percent({ count: 3, of: 8 })).toBe('38%');
});
