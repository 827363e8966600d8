import { expect, test } from 'vitest';
import { byStep } from './overlay';

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
