import { expect, test } from 'vitest';
import { blank, type FormField, valuesOf } from './values';

const field = (id: string, type: string, more: Partial<FormField> = {}): FormField => ({
  id,
  type,
  title: { en: id },
  required: false,
  ...more,
});
const FIELDS = [
  field('reason', 'text'),
  field('count', 'int'),
  field('currency', 'choice', { default: 'CNY', options: [{ id: 'CNY', title: {} }] }),
  field('urgent', 'yes_no', { default: false }),
  field('advisers', 'person', { many: true }),
  field('lines', 'lines', { fields: [field('amount', 'decimal')] }),
];

test('amounts stay texts, numbers are numbers, and what is empty is left to the form', () => {
  const typed = { ...blank(FIELDS), reason: '  desks ', count: '3', lines: [{ amount: '1000.10' }, { amount: '' }] };
  expect(valuesOf(FIELDS, typed)).toEqual({
    reason: 'desks',
    count: 3,
    currency: 'CNY',
    urgent: false,
    lines: [{ amount: '1000.10' }, {}],
  });
  expect(valuesOf(FIELDS, { ...blank(FIELDS), advisers: 'e7, e9' })).toMatchObject({ advisers: ['e7', 'e9'] });
  expect(valuesOf(FIELDS, { ...blank(FIELDS), count: 'three' })).toMatchObject({ count: 'three' });
  expect(valuesOf(FIELDS, { ...blank(FIELDS), count: '12345678901234567890' })).toMatchObject({ count: '12345678901234567890' });
});
