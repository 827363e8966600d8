import { expect, test } from 'vitest';
import { standingOf } from './standing';

const at = '2026-01-01T00:00:00Z';
const read = { isPending: false, data: {} };

test('only what has been read can say that it was never compared', () => {
  expect(standingOf({ isPending: true }, undefined, false)).toBe('reading');
  expect(standingOf({ isPending: false }, undefined, false)).toBe('not_read');
  expect(standingOf(read, undefined, false)).toBe('never');
  expect(standingOf(read, {}, false)).toBe('never');
});

test('what is known stays known while it is read again', () => {
  expect(standingOf(read, { differs_since: at, in_step_since: at }, false)).toBe('differs');
  expect(standingOf({ isPending: false, data: {} }, { in_step_since: at }, false)).toBe('in_step');
  expect(standingOf({ isPending: true }, undefined, true)).toBe('closed');
});
