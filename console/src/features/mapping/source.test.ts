import { expect, test } from 'vitest';
import { fieldsOf, nameOf, placeOf } from './source';

const LOOPS = [{ as: 'line', over: 'doc.lines' }];

test('the fields of a document are rows, lists once with the keys that any of their items has', () => {
  const rows = fieldsOf({ doc: { number: 'PO-1', lines: [{ a: '1' }, { a: '2', b: '3' }], '\u91d1\u989d': '5.00', none: null } });
  expect(rows.map((row) => [row.path, row.value])).toEqual([
    ['doc', null],
    ['doc.number', 'PO-1'],
    ['doc.lines', '[2]'],
    ['doc.lines[].a', '1'],
    ['doc.lines[].b', '3'],
    ['doc["\u91d1\u989d"]', '5.00'],
    ['doc.none', null],
  ]);
});

test('what a rule read is found in the tree, through the loops around it', () => {
  expect(placeOf('doc.lines[3].gross', [])).toBe('doc.lines[].gross');
  expect(placeOf('line.gross', LOOPS)).toBe('doc.lines[].gross');
  expect(placeOf('liner.gross', LOOPS)).toBe('liner.gross');
  expect(placeOf('part.id', [...LOOPS, { as: 'part', over: 'line.parts' }])).toBe('doc.lines[].parts[].id');
});

test('a field is named as the rule may name it, and not at all where no loop leads to it', () => {
  expect(nameOf('doc.number', LOOPS)).toBe('doc.number');
  expect(nameOf('doc.lines[].gross', LOOPS)).toBe('line.gross');
  expect(nameOf('doc.lines[].gross', [])).toBeNull();
  expect(nameOf('doc.lines[].parts[].id', [...LOOPS, { as: 'part', over: 'line.parts' }])).toBe('part.id');
});
