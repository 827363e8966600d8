import { expect, test } from 'vitest';
import { rules } from '../definitions/rules';
import { laid, rowsOf, withRule, withSource } from './paste';

const TEXT = `mapping: m
fields:
  - {to: id, value: doc.id} # the id
  - {to: kind, constant: order}
  - to: lines
    each: doc.lines
    as: line
    fields:
      - {to: price, value: line.price}
`;

test('a table is rows, anything else is a text', () => {
  expect(rowsOf('id\tdoc.number\r\n\nform["金额"]\tdoc.total\textra\n')).toEqual([
    { to: 'id', value: 'doc.number' },
    { to: 'form["金额"]', value: 'doc.total' },
  ]);
  expect([rowsOf('id'), rowsOf('a\tb\nc'), rowsOf('')]).toEqual([null, null, null]);
});

test('known targets get the expression, others become rules, and the rest of the text stays', () => {
  const { text, fates } = laid(TEXT, [
    { to: 'id', value: 'doc.number' },
    { to: 'kind', value: 'doc.kind' },
    { to: 'note', value: "'a: b'" },
    { to: 'note', value: 'doc.twice' },
    { to: 'empty', value: '' },
  ]);
  expect(fates).toEqual(['changed', 'left', 'new', 'left', 'left']);
  expect(text).toContain('  - {to: id, value: doc.number} # the id\n  - {to: kind, constant: order}\n');
  expect(rules(text).map((rule) => [rule.to, rule.source])).toEqual([
    ['id', 'doc.number'],
    ['kind', ''],
    ['lines', 'doc.lines'],
    ['price', 'line.price'],
    ['note', "'a: b'"],
  ]);
  expect(laid(TEXT, [{ to: 'id', value: 'doc.id' }])).toEqual({ text: TEXT, fates: ['same'] });
});

test('a list that only its author can go on with is left as it is', () => {
  const flow = 'mapping: m\nfields: [{to: id, value: doc.id}]\n';
  expect(laid(flow, [{ to: 'x', value: 'doc.x' }])).toEqual({ text: flow, fates: ['left'] });
});

test('one field is put into a rule or becomes one', () => {
  const price = rules(TEXT).find((rule) => rule.to === 'price');
  expect(price && withSource(TEXT, price, 'line.net')).toContain('{to: price, value: line.net}');
  expect(withSource(TEXT, { how: 'constant', path: ['fields', 1] }, 'x')).toBeNull();
  expect(withRule(TEXT, { to: 'true', value: 'doc.x' })).toContain('{to: "true", value: doc.x}');
});
