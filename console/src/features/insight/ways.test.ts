import { expect, test } from 'vitest';
import { fits, onlyOf, timeOf, waitedFor } from './ways';

const way = (over: Partial<Parameters<typeof fits>[0]> = {}) => ({
  steps: [
    { step: 'oa', visits: 1, in_design: true },
    { step: 'post', visits: 1, in_design: true },
  ],
  count: 4,
  outcomes: { approved: 4 },
  stopped: 0,
  by_hand: 0,
  ...over,
});

test('a figure leads to the ways that have its documents', () => {
  const back = way({ steps: [{ step: 'oa', visits: 2, in_design: true }], outcomes: { rejected: 1, approved: 3 }, stopped: 4 });
  const ask = (text: string) => [fits(way(), onlyOf(text)), fits(back, onlyOf(text))];
  expect(ask('straight')).toEqual([true, false]);
  expect(ask('rejected')).toEqual([false, true]);
  expect(ask('returned')).toEqual([false, true]);
  expect(ask('stopped')).toEqual([false, true]);
  expect(ask('outcome:approved')).toEqual([true, true]);
  expect(ask('step:post')).toEqual([true, false]);
  expect(ask('again:oa')).toEqual([false, true]);
  expect(ask('stood:oa')).toEqual([false, true]);
  expect(ask('')).toEqual([true, true]);
});

test('what an address says of it and is not known is nothing', () => {
  expect([onlyOf(undefined), onlyOf('else'), onlyOf('step'), onlyOf('step:'), onlyOf('straight:x')]).toEqual(Array(5).fill(null));
  expect(onlyOf('outcome:a:b')).toEqual({ kind: 'outcome', of: 'a:b' });
});

test('lists show the time that was measured, also where it was cut', () => {
  const measured = { since: '2026-09-28T10:00:00Z', until: '2026-10-28T10:00:00Z', cut: true };
  expect(timeOf(measured)).toEqual({ since: '2026-09-28T10:00:00Z', until: '2026-10-28T10:00:00Z' });
});

test('people are told by how much waits for them; what is over, a copy, or not their turn yet does not count', () => {
  const task = (step: string, person: string, over: { ended?: string; state?: string; kind?: string } = {}) => ({
    step,
    person,
    person_name: person.toUpperCase(),
    state: 'pending',
    kind: 'approve',
    ...over,
  });
  const tasks = [
    task('oa', 'li'),
    task('oa', 'wang'),
    task('oa', 'wang'),
    task('oa', 'li', { ended: '2026-09-28T10:00:00Z' }),
    task('oa', 'zhao', { state: 'waiting' }),
    task('oa', 'zhao', { kind: 'copy' }),
    task('end', 'zhao'),
  ];
  expect(waitedFor(tasks, 'oa')).toEqual([
    { person: 'wang', name: 'WANG', count: 2 },
    { person: 'li', name: 'LI', count: 1 },
  ]);
});
