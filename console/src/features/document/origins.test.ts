import { expect, test } from 'vitest';
import { byPath, inside, type Origin, ruleOf } from './origins';

const KNOWN = [
  { kind: 'flow', id: 'po_order', path: 'mappings/po.yaml' },
  { kind: 'mapping', id: 'po_in', path: 'mappings/po.yaml' },
];

test('a rule is told by its number, and leads to its mapping', () => {
  expect(ruleOf({ file: 'mappings/po.yaml', line: 40, path: 'fields[16]' }, KNOWN)).toEqual({
    mapping: 'po_in',
    rule: '16',
    number: '17',
  });
  expect(ruleOf({ file: 'mappings/po.yaml', line: 52, path: 'fields[3].fields[0]' }, KNOWN)).toMatchObject({
    rule: '3.0',
    number: '4.1',
  });
  expect(ruleOf({ file: 'gone.yaml', line: 1, path: 'fields[0]' }, KNOWN).mapping).toBeNull();
});

test('a place in the tree is the place that the hub names', () => {
  const origin: Origin = { path: 'lines[0].quantity', value: '2', since: 1, since_at: '2026-09-28T10:00:00Z', origin: 'received' };
  const path = inside(inside(inside('', 'lines', false), '0', true), 'quantity', false);
  expect(byPath([origin]).get(path)).toBe(origin);
});
