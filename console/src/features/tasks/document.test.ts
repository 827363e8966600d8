import { expect, test } from 'vitest';
import { at, humanised, shown } from './document';

const ORDER = {
  number: 'PO-1',
  source: { id: '7' },
  supplier: { name: 'Steel', bank: null },
  total_gross: '9007199254740993.10',
  lines: [
    { description: 'Lamp', quantity: '2.0000', tax: { code: '13' } },
    { description: 'Desk', gross: '5.00' },
  ],
  tags: ['a', 'b'],
};

test('fields are facts, lists of lines are tables, machinery is left out, amounts keep every digit', () => {
  const { facts, tables } = shown(ORDER);
  expect(facts).toEqual([
    { path: 'number', value: 'PO-1' },
    { path: 'supplier.name', value: 'Steel' },
    { path: 'total_gross', value: '9007199254740993.10' },
    { path: 'tags', value: 'a, b' },
  ]);
  expect(tables).toEqual([
    {
      path: 'lines',
      columns: ['description', 'quantity', 'tax', 'gross'],
      rows: [
        ['Lamp', '2.0000', '13', ''],
        ['Desk', '', '', '5.00'],
      ],
    },
  ]);
});

test('a field is found by its path and named in words', () => {
  expect(at(ORDER, 'supplier.name')).toBe('Steel');
  expect(at(ORDER, 'nothing.here')).toBe('');
  expect(humanised('supplier.bank_account')).toBe('Supplier bank account');
});
