import { expect, test } from 'vitest';
import { dropped, known, parseSearch, writeSearch } from './search';

test('known names are kept, others are named', () => {
  expect(known(['q', 'status'])({ q: 'PO-1', status: '', tracking: 'x' })).toEqual({ q: 'PO-1' });
  expect(dropped('?q=PO-1&tracking=x&status=&lang=en', { q: 'PO-1', status: '' })).toEqual(['tracking']);
  expect(known(['q'])({ q: 4417 })).toEqual({ q: '4417' });
  expect(known(['q'])({})).toEqual({});
});

test('an address is written and read without loss, and without what was dropped', () => {
  const search = { q: 'PO 1&2=3 采购', status: 'in_approval' };
  expect(parseSearch(writeSearch({ ...search, empty: undefined }).slice(1))).toEqual(search);
  expect(writeSearch({})).toBe('');
});
