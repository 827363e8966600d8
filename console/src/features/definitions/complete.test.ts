import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { offersAt, type Schema, spotAt } from './complete';

/** `|` marks the cursor. */
function spot(marked: string) {
  const offset = marked.indexOf('|');
  const found = spotAt(marked.replace('|', ''), offset);
  return { ...found, written: marked.slice(found.from, offset) };
}

test('a place is found by lines and indentation', () => {
  const rows: [string, (string | number)[], string, string][] = [
    ['fl|', [], 'key', 'fl'],
    ['flow: x|', ['flow'], 'value', 'x'],
    ['title:\n  e|', ['title'], 'key', 'e'],
    ['steps:\n  - i|', ['steps', 0], 'key', 'i'],
    ['steps:\n- i|', ['steps', 0], 'key', 'i'],
    ['steps:\n  - id: a\n    ca|', ['steps', 0], 'key', 'ca'],
    ['steps:\n  - id: a\n    choose:\n      ot|', ['steps', 0, 'choose'], 'key', 'ot'],
    [
      'steps:\n  - id: a\n    choose:\n      branches:\n        - when: x\n          st|',
      ['steps', 0, 'choose', 'branches', 0],
      'key',
      'st',
    ],
    ['steps:\n  - id: a\n  - {id: b, ca|', ['steps', 0], 'key', 'ca'],
    ['steps:\n  - {id: b, end: {ou|', ['steps', 0, 'end'], 'key', 'ou'],
    ['http: {timeout: 1|', ['http', 'timeout'], 'value', '1'],
    ['# fl\na:\n\n  # note\n  b|', ['a'], 'key', 'b'],
    ['on: [a, b|', ['on', 0], 'value', 'b'],
    ["when: \"a == 'x', {b|", ['when'], 'value', "\"a == 'x', {b"],
  ];
  for (const [text, path, writing, written] of rows) expect(spot(text), text).toMatchObject({ path, writing, written });
});

test('the schema of flows offers what may stand there', () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../schemas/language/flow.schema.json'), 'utf8'),
  ) as Schema;
  const labels = (marked: string) =>
    offersAt(schema, spotAt(marked.replace('|', ''), marked.indexOf('|'))).map((offer) => offer.label);
  expect(labels('|')).toEqual(expect.arrayContaining(['flow', 'steps', 'reactions']));
  expect(labels('steps:\n  - |')).toEqual(expect.arrayContaining(['id', 'call', 'choose', 'await']));
  expect(labels('steps:\n  - id: x\n    choose:\n      branches:\n        - |')).toEqual(
    expect.arrayContaining(['id', 'when', 'steps']),
  );
  expect(labels('nothing_known:\n  |')).toEqual([]);
});
