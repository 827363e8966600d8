import { expect, test } from 'vitest';
import { exampleOf, merged } from './answers';

test('calls and events have examples, time has none', () => {
  expect(exampleOf({ kind: 'call', step: 'budget', call: 'erp.check_budget', answer_example: { ok: true } })).toEqual({
    calls: { 'erp.check_budget': { ok: true } },
  });
  expect(exampleOf({ kind: 'event', event: 'oa.approval_changed', output_example: { id: 'x' } })).toEqual({
    events: { 'oa.approval_changed': { outcome: 'approved', output: { id: 'x' } } },
  });
  expect(exampleOf({ kind: 'time', due: '2026-09-28T10:00:00Z' })).toBeNull();
  expect(exampleOf(null)).toBeNull();
});

test('answers are added, not replaced', () => {
  const text = merged('{"calls": {"a.b": {}}}', { calls: { 'c.d': 1 }, events: { 'e.f': 2 } });
  expect(JSON.parse(text)).toEqual({ calls: { 'a.b': {}, 'c.d': 1 }, events: { 'e.f': 2 } });
  expect(merged('{', { calls: {} })).toBe('{');
});
