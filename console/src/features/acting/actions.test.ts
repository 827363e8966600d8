import { expect, test } from 'vitest';
import { argumentsOf, NO_FIELDS } from './actions';

const of = (action: Parameters<typeof argumentsOf>[0], fields: Partial<typeof NO_FIELDS>) =>
  argumentsOf(action, { ...NO_FIELDS, ...fields });

test('what an action needs is asked for before the hub is', () => {
  expect(of('retry', {})).toEqual({ ok: { arguments: {} } });
  expect(of('cancel', {})).toEqual({ fault: ['reason', 'act.needed'] });
  expect(of('cancel', { reason: ' wrong order ' })).toEqual({ ok: { arguments: {}, reason: 'wrong order' } });
  expect(of('from-step', { step: 'budget', reason: 'raised' })).toEqual({
    ok: { arguments: { step: 'budget' }, reason: 'raised' },
  });
  expect(of('mark-done', { proof: 'voucher 7' })).toEqual({ ok: { arguments: { proof: 'voucher 7' } } });
  expect(of('assign', { assignee: '' })).toEqual({ ok: { arguments: { assignee: null } } });
});

test('patches are JSON, merge patches and lists alike, and amounts in them stay texts', () => {
  expect(of('amend', { patch: '{"total_gross": "10.00"}', reason: 'r' })).toEqual({
    ok: { arguments: { patch: { total_gross: '10.00' } }, reason: 'r' },
  });
  expect(of('amend', { patch: '[{"op":"remove","path":"/x"}]', reason: 'r' })).toHaveProperty('ok.arguments.patch.0.op', 'remove');
  for (const patch of ['{', '7', 'null', '"x"'])
    expect(of('amend', { patch, reason: 'r' })).toEqual({ fault: ['patch', 'act.not_json'] });
  expect(of('mark-done', { proof: 'p', output: '[1]' })).toEqual({ fault: ['output', 'act.not_json'] });
});
