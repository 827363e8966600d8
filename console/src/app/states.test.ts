import { isValidElement } from 'react';
import { expect, test, vi } from 'vitest';
import { ApiError, own } from '../api/problem';

Object.assign(globalThis, { location: { origin: 'http://hub.test', search: '', hash: '', pathname: '/' } });
const { moreOf } = await import('./states');

const list = (status: number | null) =>
  ({
    hasNextPage: true,
    isFetchingNextPage: false,
    isFetchNextPageError: status !== null,
    error: status === null ? null : new ApiError(own('internal', 'broken', status)),
    errorUpdatedAt: status === null ? 0 : 17,
    fetchNextPage: vi.fn(),
  }) as unknown as Parameters<typeof moreOf>[0];

test('a grid is told that the next page failed, whether it may pass, and has something to show', () => {
  expect(moreOf(list(null)).failed).toBeUndefined();
  const failed = moreOf(list(500)).failed;
  expect(failed).toMatchObject({ at: 17, passing: true });
  expect(isValidElement(failed?.shown)).toBe(true);
  expect(moreOf(list(0)).failed?.passing).toBe(true);
  expect(moreOf(list(429)).failed?.passing).toBe(true);
  for (const refused of [400, 401, 403, 404]) expect(moreOf(list(refused)).failed?.passing).toBe(false);
});
