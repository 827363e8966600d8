import { expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import { addressOf, runVerbs, stoppedOf, waitedFor } from './acts';

const open = (id: string, actions: string[]) => ({ id, code: `code_${id}`, step: 'book', message: 'no', actions });

test('every open exception has its actions, also the second one, with all that it takes', () => {
  const diagnosis = { actions: ['retry', 'skip'].map((action) => ({ action, exception: 'a' })) };
  const found = stoppedOf(diagnosis, [open('b', ['retry', 'newer-version', 'dance']), open('a', ['skip', 'retry', 'amend'])]);
  expect(found.map((each) => [each.exception, each.actions])).toEqual([
    ['a', ['retry', 'amend', 'skip']],
    ['b', ['retry', 'newer-version']],
  ]);
  expect(found[1]).toMatchObject({ code: 'code_b', step: 'book' });
});

test('while the exceptions are being read, those of the diagnosis are there', () => {
  expect(stoppedOf({ actions: [{ action: 'retry', exception: 'a' }] }, undefined)).toMatchObject([
    { exception: 'a', actions: ['retry'] },
  ]);
  expect(stoppedOf({ actions: [] }, [])).toEqual([]);
});

const task = (kind: string, state: string, outside: unknown = null) => ({ kind, state, outside }) as unknown as Schemas['TaskItem'];

test('a run without an exception can be urged, handed on, suspended, resumed and ended', () => {
  const tasks = [task('approve', 'pending'), task('copy', 'pending'), task('approve', 'approved')];
  expect(waitedFor({ tasks })).toHaveLength(1);
  expect(runVerbs('running', { tasks })).toEqual(['urge', 'transfer', 'suspend', 'terminate']);
  expect(runVerbs('running', { tasks: [task('resubmit', 'pending')] })).toEqual(['urge', 'suspend', 'terminate']);
  expect(runVerbs('running', { tasks: [] })).toEqual(['suspend', 'terminate']);
  expect(runVerbs('running', { tasks, suspended_since: '2026-01-01T00:00:00Z' })).toEqual(['resume', 'terminate']);
  for (const over of ['ended', 'superseded']) expect(runVerbs(over, { tasks })).toEqual([]);
});

test('what another system asks is seen there, at addresses of the web alone', () => {
  const at = (url: string) => ({ tasks: [task('approve', 'pending', { connection: 'oa', external_id: '7', url })] });
  const link = { connection: 'oa', external_id: '7' };
  expect(addressOf(at('https://oa.example/7'), link)).toBe('https://oa.example/7');
  expect(addressOf(at('javascript:alert(1)'), link)).toBeNull();
  expect(addressOf(at('https://oa.example/7'), { ...link, external_id: '8' })).toBeNull();
  expect(addressOf(undefined, link)).toBeNull();
  expect(waitedFor(at('https://oa.example/7'))).toEqual([]);
});
