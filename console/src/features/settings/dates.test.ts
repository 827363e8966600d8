import { expect, test } from 'vitest';
import { beginning, dayOf, span } from './dates';

test('a day begins at its midnight, and what is no day is none', () => {
  expect(beginning('2026-02-28')).toEqual(new Date(2026, 1, 28));
  expect(beginning('2026-02-29')).toBeNull();
  expect(beginning('2026-2-1')).toBeNull();
  expect(beginning('')).toBeNull();
  expect(dayOf(new Date(2026, 0, 9, 23, 59))).toBe('2026-01-09');
});

test('a span ends with its last day, not before it', () => {
  expect(span('2026-12-24', '2026-12-31')).toEqual({
    from: new Date(2026, 11, 24).toISOString(),
    until: new Date(2027, 0, 1).toISOString(),
  });
  expect(span('2026-12-24', '2026-12-24')?.until).toBe(new Date(2026, 11, 25).toISOString());
  expect(span('2026-12-24', '2026-12-23')).toBeNull();
  expect(span('', '2026-12-23')).toBeNull();
});
