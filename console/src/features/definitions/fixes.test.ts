import { expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import { apply } from '../../yamltext/edits';
import { fixOf, placed } from './fixes';

type Finding = Schemas['Finding'];

/** As the hub tells it: places in characters. */
const finding = (text: string, was: string, insert: string | null): Finding => {
  const offset = [...text.slice(0, text.indexOf(was))].length;
  return {
    severity: 'error',
    code: 'unknown_key',
    file: 'flows/a.yaml',
    path: '',
    docs: '',
    message: '',
    hint: 'any words',
    place: { line: 1, column: 1, offset, length: [...was].length },
    fix: insert === null ? null : { edits: [{ offset, was, insert }] },
  } as Finding;
};

test('the change of the hub is made where it belongs, and none where there is none', () => {
  const text = 'flow: 采购\nstepps: []\nmap: "po_to_ao"\n';
  const fixed = (was: string, insert: string | null) => {
    const fix = fixOf(finding(text, was, insert), text);
    return fix && apply(text, fix);
  };
  expect(fixed('stepps', 'steps')).toBe(text.replace('stepps', 'steps'));
  expect(fixed('"po_to_ao"', '"po_to_oa"')).toBe(text.replace('po_to_ao', 'po_to_oa'));
  expect(fixed('stepps', null)).toBeNull();
});

test('a text that has moved on since is left alone', () => {
  const found = finding('stepps: []\n', 'stepps', 'steps');
  // Another word stands there now, as long as the one that was found.
  expect(fixOf(found, 'titles: []\nstepps: []\n')).toBeNull();
  expect(fixOf(found, '')).toBeNull();
});

test('characters that a browser counts as two move nothing', () => {
  const text = 'title: 🚚🚚 采购\nstepps: []\n';
  const [found] = placed([finding(text, 'stepps', 'steps')], 'flows/a.yaml', text);
  expect(found && text.slice(found.place.offset, found.place.offset + found.place.length)).toBe('stepps');
  const fix = found && fixOf(found, text);
  expect(fix && apply(text, fix)).toBe(text.replace('stepps', 'steps'));
  // A finding about another file is not counted in this one.
  const other = { ...finding(text, 'stepps', 'steps'), file: 'flows/b.yaml' };
  expect(placed([other], 'flows/a.yaml', text)).toEqual([other]);
});
