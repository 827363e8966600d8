import { expect, test } from 'vitest';
import { byStep, standsAt } from './overlay';

test('an instance in two branches counts at both steps, once each', () => {
  const counts = byStep([
    { at_step: 'oa', status: 'running' },
    { at_step: 'post, free', status: 'exception' },
    { at_step: 'post', status: 'running' },
    { at_step: null, status: 'running' },
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    oa: { running: 1, stopped: 0 },
    post: { running: 1, stopped: 1 },
    free: { running: 0, stopped: 1 },
  });
});

test('an instance stands at each of its branches, not at steps whose names begin alike', () => {
  const instance = { at_step: 'post#2, free' };
  expect([standsAt(instance, 'post'), standsAt(instance, 'free'), standsAt(instance, 'pos')]).toEqual([true, true, false]);
  expect(standsAt({ at_step: null }, 'post')).toBe(false);
});
