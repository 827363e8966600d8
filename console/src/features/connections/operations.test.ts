import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operations, template } from './operations';

test('the shipped connector is read with effects and inputs', () => {
  const found = operations(readFileSync(join(import.meta.dirname, '../../../../connectors/demo_oa/connector.yaml'), 'utf8'));
  const create = found.find((operation) => operation.id === 'create_approval');
  expect(create?.effect).toBe('write');
  expect(JSON.parse(template(create))).toEqual({ reference: '', title: '', originator: '', form: {} });
  expect(found.find((operation) => operation.id === 'get_approval')?.effect).toBe('read');
});

test('what is not given begins as the definition says', () => {
  const text =
    'operations: {w: {input: {kind: {type: string, default: NB}, days: {type: int, default: 3}, tags: {type: [string], optional: true}, head: {type: object, fields: {a: string}}, note: {type: string, optional: true}}}}';
  expect(JSON.parse(template(operations(text)[0]))).toEqual({ kind: 'NB', days: 3, tags: [], head: {}, note: '' });
});

test('text that is no connector has none', () => {
  for (const text of ['', 'operations: 3', '- x', 'operations: {a: 1}']) expect(operations(text)).toEqual([]);
  expect(template(undefined)).toBe('{}');
});
