import { expect, test } from 'vitest';
import { told } from './migration';

const item = { instance: 'i', result: 'can', obstacles: [], stands_at: ['oa'], open_effects: [], lost: [], not_run: [] };

test('what stands in the way is said first, what is lost next', () => {
  expect(
    told({
      ...item,
      result: 'cannot',
      obstacles: [{ code: 'step_gone', message: 'the step is gone', step: 'oa' }],
      lost: ['a', 'b'],
      open_effects: ['post'],
      notes: [{ code: 'rules_changed', message: 'other rules', step: '' }],
    }),
  ).toEqual([
    { what: 'obstacle', of: 'oa: the step is gone' },
    { what: 'lost', of: 'a, b' },
    { what: 'open', of: 'post' },
    { what: 'note', of: 'other rules' },
  ]);
  expect(told(item)).toEqual([]);
  expect(told({ ...item, why: 'it has ended' })).toEqual([{ what: 'why', of: 'it has ended' }]);
});
