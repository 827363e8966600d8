import { expect, test } from 'vitest';
import { NO_FIELDS } from './actions';
import { canBeTried, gateOf, isRisky, leftOut, type Preview, systemsOf, triedWith } from './gate';

const call = (connection: string, may_duplicate = false) => ({ connection, may_duplicate, operation: 'create' });
const preview = (calls: ReturnType<typeof call>[], refused?: string) =>
  ({ status: 'running', calls, refused }) as unknown as Preview;
const known = { previews: [] as Preview[], asking: false, failed: false, agreed: false };

test('what would be sent is asked for before a reason is given, and not before what it hangs on', () => {
  expect(triedWith('retry', NO_FIELDS)).toEqual({});
  expect(triedWith('skip', NO_FIELDS)).toEqual({});
  expect(triedWith('cancel', NO_FIELDS)).toEqual({});
  expect(triedWith('mark-done', NO_FIELDS)).toEqual({ proof: '-' });
  expect(triedWith('from-step', NO_FIELDS)).toBeNull();
  expect(triedWith('from-step', { ...NO_FIELDS, step: 'budget' })).toEqual({ step: 'budget' });
  expect(triedWith('amend', { ...NO_FIELDS, patch: '{' })).toBeNull();
  expect(canBeTried('retry')).toBe(true);
  expect(canBeTried('assign')).toBe(false);
  expect(canBeTried('drop')).toBe(false);
});

test('a call that may happen twice is not sent before somebody has said yes, without a dry run being asked for', () => {
  const previews = [preview([call('erp'), call('oa', true)])];
  expect(isRisky(previews)).toBe(true);
  expect(gateOf({ ...known, asking: true })).toBe('asking');
  expect(gateOf({ ...known, previews })).toBe('agree');
  expect(gateOf({ ...known, previews, agreed: true })).toBe('open');
  expect(gateOf({ ...known, previews: [preview([call('erp')])] })).toBe('open');
});

test('where nobody knows what would be sent, that is what is agreed to', () => {
  expect(gateOf({ ...known, failed: true })).toBe('agree_blind');
  expect(gateOf({ ...known, failed: true, agreed: true })).toBe('open');
});

test('what the hub would refuse is not offered; of many only when all of them are', () => {
  const no = preview([call('oa', true)], 'it has moved on');
  expect(gateOf({ ...known, previews: [no], agreed: true })).toBe('refused');
  expect(gateOf({ ...known, previews: [no, preview([])] })).toBe('open');
  expect(isRisky([no])).toBe(false);
});

test('systems with their calls, and what is left out with why', () => {
  expect(systemsOf([preview([call('oa'), call('erp')]), preview([call('oa', true)]), preview([call('bank')], 'no')])).toEqual([
    { connection: 'erp', calls: 1, may_duplicate: false },
    { connection: 'oa', calls: 2, may_duplicate: true },
  ]);
  expect(leftOut(['moved on', null, 'no right', 'moved on', undefined])).toEqual([
    { why: 'moved on', count: 2 },
    { why: 'no right', count: 1 },
  ]);
});
