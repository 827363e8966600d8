import { expect, test } from 'vitest';
import { draw, kindOf, type Line } from './lines';

const SIZE = { width: 80, height: 100 };
const line = (from: string, to: string): Line => ({ from, to, kind: 'copy' });

test('a line is drawn where both ends are seen, and counted where one is not', () => {
  const left = new Map([
    ['a', 10],
    ['b', -30],
    ['c', 140],
  ]);
  const right = new Map([
    ['x', 50],
    ['y', 200],
  ]);
  const { drawn, hidden } = draw(
    [line('a', 'x'), line('b', 'x'), line('c', 'x'), line('a', 'y'), line('b', 'y'), line('gone', 'x')],
    left,
    right,
    SIZE,
  );
  expect(drawn.map(({ d }) => d)).toEqual(['M0 10C40 10 40 50 80 50']);
  expect(hidden).toEqual({ left: { above: 1, below: 1 }, right: { above: 0, below: 1 } });
});

test('a rule that only takes a field copies it', () => {
  expect(kindOf('value', 'doc.total_gross', [])).toBe('copy');
  expect(kindOf('value', "doc.a > 5 ? 'A' : 'B'", [])).toBe('computed');
  expect(kindOf('text', 'doc.number', [])).toBe('computed');
  expect(kindOf('value', 'doc.requester.id', ['lookup: people_oa'])).toBe('lookup');
});
