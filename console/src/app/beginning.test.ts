import { expect, test } from 'vitest';
import { homeOf } from './beginning';

test('each begins where their work is', () => {
  expect(homeOf({ permissions: ['read', 'start', 'decide'], person: 'e1003' })).toBe('/tasks');
  expect(homeOf({ permissions: ['read', 'operate'] })).toBe('/ops');
  expect(homeOf({ permissions: ['read', 'operate', 'edit', 'users', 'decide'], person: 'e1001' })).toBe('/docs');
  // A program that may decide has no tasks of its own.
  expect(homeOf({ permissions: ['read', 'decide'], person: null })).toBe('/docs');
  expect(homeOf({ permissions: ['read'] })).toBe('/docs');
});
