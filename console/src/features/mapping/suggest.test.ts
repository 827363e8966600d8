import { expect, test } from 'vitest';
import { fieldsOf } from './source';
import { suggest } from './suggest';

const FIELDS = fieldsOf({ doc: { number: 'PO-1', total_gross: '5.00', currency: 'CNY', supplier: { name: 'Steel' } } });

test('a field of the same name comes first, then one that means the same, each with its reason', () => {
  expect(suggest('currency', FIELDS)[0]).toEqual({ path: 'doc.currency', reason: 'same' });
  expect(suggest("form['金额']", FIELDS)[0]).toEqual({ path: 'doc.total_gross', reason: 'means' });
  expect(suggest("form['单号']", FIELDS)[0]).toEqual({ path: 'doc.number', reason: 'means' });
  expect(suggest('supplier_name', FIELDS).map((each) => each.reason)).toContain('like');
  expect(suggest('', FIELDS)).toEqual([]);
});
