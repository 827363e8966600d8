import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from './rules';

test('the shipped mapping of an order to a form is read row by row', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../mappings/po_to_oa.yaml'), 'utf8');
  const found = rules(text);
  expect(found[0]).toMatchObject({ to: 'title', how: 'text', depth: 0 });
  const amount = found.find((rule) => rule.to.includes('金额') && rule.depth === 0);
  expect(amount).toMatchObject({ how: 'value', source: 'doc.total_gross', required: true });
  expect(amount?.options.join()).toContain('as: {"decimal"');
  const loop = found.findIndex((rule) => rule.how === 'each');
  expect(found[loop]).toMatchObject({ source: 'doc.lines' });
  expect(found[loop + 1]?.depth).toBe(1);
  for (const rule of found) expect(text.split('\n')[rule.line - 1]).toContain(rule.to.replaceAll("'", "'"));
});

test('text that is no mapping has no rules', () => {
  for (const text of ['', 'fields: 3', '- x', 'fields: [1, {to: a}]']) expect(rules(text).length).toBeLessThan(2);
});
