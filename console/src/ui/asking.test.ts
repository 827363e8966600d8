import { expect, test } from 'vitest';
import { askIn, PAUSES_MS } from './asking';

const standing = { has: true, loading: false, near: true, failures: 0, passing: true };

test('the next page is asked for near the end, once', () => {
  expect(askIn(standing)).toBe(0);
  expect(askIn({ ...standing, near: false })).toBeNull();
  expect(askIn({ ...standing, loading: true })).toBeNull();
  expect(askIn({ ...standing, has: false })).toBeNull();
});

test('a page that fails is asked for later and later, and then no more', () => {
  const pauses = [1, 2, 3, 4, 5].map((failures) => askIn({ ...standing, failures }));
  expect(pauses).toEqual([...PAUSES_MS, null, null]);
  expect(PAUSES_MS[0]).toBeGreaterThanOrEqual(1_000);
});

test('what was refused is not asked for again by itself', () => {
  expect(askIn({ ...standing, failures: 1, passing: false })).toBeNull();
});
