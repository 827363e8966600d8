import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { answersOf, type Given, lineOf, startOf, testOf } from './stepping';

const GIVEN: Given[] = [
  { wait: { kind: 'call', step: 'budget', call: 'erp.check_budget' }, answer: { ok: true, available: '90000.00' } },
  { wait: { kind: 'call', step: 'oa', call: 'oa.create_approval' }, answer: { external_id: 'A1' } },
  { wait: { kind: 'event', step: 'oa', event: 'oa.approval_changed', id: 'A1' }, answer: { outcome: 'approved' } },
  { wait: { kind: 'people', step: 'lead', holders: ['e1004'], act: 'approve' }, answer: 'approve' },
  { wait: { kind: 'call', step: 'budget_again', call: 'erp.check_budget' }, answer: { ok: true, available: '1.00' } },
];

test('answers come in the order they were given, behind those that were given by the way', () => {
  expect(answersOf({ calls: { 'erp.check_budget': ['first'] }, events: {} }, GIVEN)).toEqual({
    calls: {
      'erp.check_budget': ['first', { ok: true, available: '90000.00' }, { ok: true, available: '1.00' }],
      'oa.create_approval': [{ external_id: 'A1' }],
    },
    events: { 'oa.approval_changed': [{ outcome: 'approved' }] },
    people: { lead: ['approve'] },
  });
  expect(answersOf({}, [])).toEqual({});
});

test('each wait has an answer to begin with, time has none', () => {
  expect(startOf({ kind: 'people', step: 'x', act: 'complete' })).toBe('complete');
  expect(startOf({ kind: 'linked', step: 'x', document: 'payable', statuses: ['posted'] })).toBe('posted');
  expect(startOf({ kind: 'time', step: 'x' })).toBeUndefined();
  expect(lineOf({ wait: { kind: 'time', step: 'x' }, answer: 1 })).toBeNull();
});

test('a test that was played says the same as was played', () => {
  const text = testOf({ name: 'it: "is" agreed', flow: 'po', document: 'samples/po.json', at: '2026-09-28T10:00:00Z' }, GIVEN, {
    path: ['budget', 'size.ask', 'oa'],
    outcome: 'approved',
    status: 'released',
  });
  expect(parse(text)).toEqual({
    format: 1,
    test: 'it: "is" agreed',
    flow: 'po',
    given: { document: 'samples/po.json', at: '2026-09-28T10:00:00Z' },
    script: [
      { call: 'erp.check_budget', answer: { ok: true, available: '90000.00' } },
      { call: 'oa.create_approval', answer: { external_id: 'A1' } },
      { event: 'oa.approval_changed', id: 'A1', outcome: 'approved' },
      { act: 'approve', by: 'e1004', step: 'lead' },
      { call: 'erp.check_budget', answer: { ok: true, available: '1.00' } },
    ],
    expect: {
      path: ['budget', 'size.ask', 'oa'],
      outcome: 'approved',
      status: 'released',
      calls: { 'erp.check_budget': 2, 'oa.create_approval': 1 },
    },
  });
});
