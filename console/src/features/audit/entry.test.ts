import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../../i18n/en';
import { keyOf, outcomeOf } from './entry';

test('an answer\u2019s status says whether it was done, refused, or went wrong', () => {
  expect(['202', '409', '503', 'done', 'refused', 'unknown'].map((outcome) => outcomeOf(outcome).state)).toEqual([
    'done',
    'refused',
    'failed',
    'done',
    'refused',
    'unknown',
  ]);
  expect(outcomeOf('202').status).toBe('202');
  expect(outcomeOf('done').status).toBeNull();
});

test('actions have one key whatever they were done to', () => {
  expect(keyOf('POST /api/v1/exceptions/{id}/mark-done')).toBe('post_exceptions_mark_done');
  expect(keyOf('DELETE /api/v1/tokens/{id}')).toBe('delete_tokens');
  expect(keyOf('session.start')).toBe('session_start');
});

test('every change that the API takes has words in the audit', () => {
  const root = join(import.meta.dirname, '../../../..');
  const source = readFileSync(join(root, 'src/api/audit.rs'), 'utf8');
  const list = (name: string) =>
    [...(source.split(`const ${name}:`)[1]?.split('];')[0] ?? '').matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? '');
  const [reading, own] = [list('READING'), list('OWN_LINES')];
  expect(reading.length * own.length).toBeGreaterThan(20);
  const reasoned = list('REASONED');
  const { paths } = JSON.parse(readFileSync(join(root, 'docs/api/openapi.json'), 'utf8')) as { paths: Record<string, object> };
  const actions = Object.entries(paths)
    .filter(
      ([path]) =>
        path.startsWith('/api/v1/') &&
        !reading.includes(path) &&
        !own.some((start) => path.startsWith(start)) &&
        !reasoned.some((end) => path.endsWith(end)),
    )
    .flatMap(([path, item]) =>
      Object.keys(item)
        .filter((verb) => ['post', 'put', 'delete'].includes(verb))
        .map((verb) => keyOf(`${verb.toUpperCase()} ${path}`)),
    );
  expect(actions.length).toBeGreaterThan(40);
  expect(actions.filter((action) => !(`action_of.${action}` in en))).toEqual([]);
});
