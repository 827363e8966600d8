import { expect, test } from 'vitest';
import { declared, differs, fileWord, isExact, nextRun, testsOf, withCase } from './cases';

const TEXT = `# about it
format: 1
mapping: po_ref
fields:
  - {to: id, value: doc.source.id, required: true} # the id
`;
const CASE = { name: 'PO-1', inputs: 'samples/a.json', expect: 'samples/b.json' };

test('the first case of a mapping is put at its end, the next below it; nothing else changes', () => {
  const one = withCase(TEXT, CASE) ?? '';
  expect(one.startsWith(TEXT)).toBe(true);
  expect(declared(one)).toEqual([CASE]);
  const two = withCase(one, { ...CASE, name: 'a "second"' }) ?? '';
  expect(two.startsWith(one)).toBe(true);
  expect(declared(two).map(({ name }) => name)).toEqual(['PO-1', 'a "second"']);
});

test('a text that cannot be gone on with is left to its author', () => {
  expect(withCase('{mapping: x}', CASE)).toBeNull();
  expect(withCase('tests: [{name: a, inputs: b, expect: c}]\n', CASE)).toBeNull();
  expect([declared(''), declared('tests: 3'), declared('tests: [1]')]).toEqual([[], [], []]);
});

test('what was expected stands beside what came', () => {
  expect(differs('`lines[0].price` is "1.0" instead of "1.00"')).toEqual({
    place: 'lines[0].price',
    got: '"1.0"',
    expected: '"1.00"',
  });
  expect(differs('outcome: expected approved, actual rejected')).toEqual({
    place: 'outcome',
    expected: 'approved',
    got: 'rejected',
  });
  expect(differs('`id` is missing')).toEqual({ place: '`id` is missing', expected: null, got: null });
});

test('files have plain names, and numbers are kept whole or not at all', () => {
  expect([fileWord('PO 2026/4417'), fileWord('采购')]).toEqual(['po_2026_4417', 'case']);
  expect([isExact({ a: [1, '2.50', 0.5] }), isExact({ a: [2 ** 60] })]).toEqual([true, false]);
});

test('nothing runs before it is asked for, then each text that was saved', () => {
  expect(nextRun(null, { text: 'a', saved: true })).toBeNull();
  expect(nextRun('a', { text: 'b', saved: false })).toBe('a');
  expect(nextRun('a', { text: 'b', saved: true })).toBe('b');
});

test('a test is found by the flow that it plays', () => {
  const files = {
    'flows/tests/b.yaml': 'format: 1\ntest: b\nflow: po_order # the large one\n',
    'flows/tests/a.yaml': 'format: 1\r\ntest: "a"\r\nflow: "po_order"\r\n',
    'flows/tests/other.yaml': 'test: x\nflow: po_order_two\n',
    'flows/po_order.yaml': 'flow: po_order\n',
    'flows/tests/gone.yaml': null,
  };
  expect(testsOf('po_order', files)).toEqual(['flows/tests/a.yaml', 'flows/tests/b.yaml']);
});
