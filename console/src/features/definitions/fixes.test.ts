import { expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import { apply } from '../../yamltext/edits';
import { fixOf } from './fixes';

const finding = (text: string, word: string, hint: string | null): Schemas['Finding'] =>
  ({
    severity: 'error',
    code: 'unknown_key',
    file: 'flows/a.yaml',
    path: '',
    docs: '',
    message: `\`${word.replaceAll('"', '')}\` is not known here`,
    hint,
    place: { line: 1, column: 1, offset: text.indexOf(word), length: word.length },
  }) as Schemas['Finding'];

test('the word that was meant is put in place of the other, in the same quotes', () => {
  const text = 'flow: 采购\nstepps: []\nmap: "po_to_ao"\n';
  const fixed = (word: string, hint: string | null) => {
    const fix = fixOf(finding(text, word, hint), text);
    return fix && apply(text, [fix]);
  };
  expect(fixed('stepps', 'did you mean `steps`?')).toBe(text.replace('stepps', 'steps'));
  expect(fixed('"po_to_ao"', 'did you mean `po_to_oa`?')).toBe(text.replace('po_to_ao', 'po_to_oa'));
  expect(fixed('stepps', 'remove it')).toBeNull();
  expect(fixed('stepps', null)).toBeNull();
});

test('a text that has moved on since is left alone', () => {
  const found = finding('stepps: []\n', 'stepps', 'did you mean `steps`?');
  // Another word stands there now, as long as the one that was found.
  expect(fixOf(found, 'titles: []\nstepps: []\n')).toBeNull();
  expect(fixOf(found, '')).toBeNull();
});
