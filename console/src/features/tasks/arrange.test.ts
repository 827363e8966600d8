import { expect, test } from 'vitest';
import { arranged, compareDecimals } from './arrange';

const task = (id: string, flow: string, since: string, due: string | null, total?: string, currency = 'CNY') => ({
  id,
  flow,
  since,
  due,
  document: { id, kind: 'po', key: id, status: 'x', display: total ? { total_gross: total, currency } : {} },
});
const TASKS = [
  task('a', 'pay', '2026-09-03', null, '9.90'),
  task('b', 'buy', '2026-09-01', '2026-09-30', '100000000000000000.01'),
  task('c', 'pay', '2026-09-02', '2026-09-20', '100000000000000000.02'),
  task('d', 'buy', '2026-09-04', null),
  task('e', 'buy', '2026-09-05', null, '1.00', 'EUR'),
];
const ids = (lines: ReturnType<typeof arranged>) =>
  lines.map((line) => ('task' in line ? line.task.id : `${line.head} ${line.count}`));

test('by what is due, by age, by amount; the order of the hub where none is asked for', () => {
  expect(ids(arranged(TASKS, null, false))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(ids(arranged(TASKS, 'due', false))).toEqual(['c', 'b', 'a', 'd', 'e']);
  expect(ids(arranged(TASKS, 'age', false))).toEqual(['b', 'c', 'a', 'd', 'e']);
  expect(ids(arranged(TASKS, 'amount', false))).toEqual(['c', 'b', 'a', 'e', 'd']);
});

test('each flow stands by itself under its name', () => {
  expect(ids(arranged(TASKS, 'due', true))).toEqual(['pay 2', 'c', 'a', 'buy 3', 'b', 'd', 'e']);
  expect(arranged([], 'due', true)).toEqual([]);
});

test('amounts compare by their digits', () => {
  expect([
    compareDecimals('10', '9.99'),
    compareDecimals('-10', '9'),
    compareDecimals('1.0', '1.00'),
    compareDecimals('0.1', '0.11'),
  ]).toEqual([1, -1, 0, -1]);
});
