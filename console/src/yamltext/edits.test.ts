import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import {
  addKey,
  appendItem,
  appendItems,
  apply,
  type Path,
  putSmall,
  putText,
  removeItem,
  removeItems,
  removeKey,
  setScalar,
} from './edits';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDERS = [
  'mappings',
  'flows',
  'connectors',
  'documents',
  'dictionaries',
  'tables',
  'calendars',
  'forms',
  'config',
  'examples',
];
const ALL = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file): [string, string] => [`${folder}/${file}`, readFileSync(join(ROOT, folder, file), 'utf8')])
    // Each edit of the test reads its text several times; the largest connectors say nothing that the others do not.
    .filter(([, text]) => text.length < 4_000),
);
const VALUES = [
  'doc.total_gross',
  'a: b',
  "it's",
  '金额 # no comment',
  '- x',
  'true',
  '{{doc.number}} · "x"',
  '10.50',
  '@x',
  'a, b]',
  '',
];

/** Every path of a text to a node of a kind. */
function paths(text: string, fits: (node: unknown) => boolean): Path[] {
  const found: Path[] = [];
  const walk = (node: unknown, path: Path) => {
    if (fits(node)) found.push(path);
    if (isMap(node)) for (const pair of node.items) if (isScalar(pair.key)) walk(pair.value, [...path, String(pair.key.value)]);
    if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item, [...path, index]);
  };
  walk(parseDocument(text).contents, []);
  return found;
}

/** Some of many, the same ones each time. */
function some<T>(all: T[], most: number): T[] {
  const step = Math.max(1, Math.floor(all.length / most));
  return all.filter((_, index) => index % step === 0).slice(0, most);
}

/** Each edit of the test reads its text several times; some of every folder are enough for a minute. */
const CORPUS = some(ALL, 60);

test('the corpus has of everything that the product ships', () => {
  expect(ALL.length).toBeGreaterThan(100);
});

test('another value stands where the old one stood, and every other byte is as it was', { timeout: 30_000 }, () => {
  let done = 0;
  for (const [file, text] of CORPUS) {
    for (const [index, path] of some(paths(text, isScalar), 4).entries()) {
      const value = VALUES[(index + file.length) % VALUES.length] ?? '';
      const edits = setScalar(text, path, value);
      if (edits === null) continue;
      done += 1;
      const [edit] = edits;
      if (!edit || edits.length !== 1) throw new Error(`${file}: one edit is enough`);
      const after = apply(text, edits);
      expect(parseDocument(after).getIn(path), `${file} ${path.join('.')}`).toBe(value);
      expect(after.slice(0, edit.from) + after.slice(edit.from + edit.insert.length)).toBe(
        text.slice(0, edit.from) + text.slice(edit.to),
      );
      // And back again: nothing but the value was changed.
      const wanted = parseDocument(text);
      wanted.setIn(path, value);
      expect(parseDocument(after).toJS()).toEqual(wanted.toJS());
    }
  }
  expect(done).toBeGreaterThan(100);
});

test('an item is put behind the last one and taken out again, and the text is what it was', { timeout: 30_000 }, () => {
  let done = 0;
  for (const [file, text] of CORPUS) {
    for (const path of some(paths(text, isSeq), 3)) {
      const edits = appendItem(text, path, '{added: yes}');
      if (edits === null) continue;
      done += 1;
      const after = apply(text, edits);
      const list = parseDocument(after).getIn(path, true);
      const count = isSeq(list) ? list.items.length : 0;
      const back = removeItem(after, path, count - 1);
      expect(back, `${file} ${path.join('.')}`).not.toBeNull();
      expect(apply(after, back ?? []).trimEnd()).toBe(text.trimEnd());
    }
  }
  expect(done).toBeGreaterThan(20);
});

test('a key is added in the way its map is written', () => {
  const text = 'fields:\n  - {to: a, value: b}  # kept\n  - to: c\n    value: d\n';
  expect(apply(text, addKey(text, ['fields', 0], 'default', 'x: y') ?? [])).toBe(
    'fields:\n  - {to: a, value: b, default: "x: y"}  # kept\n  - to: c\n    value: d\n',
  );
  expect(apply(text, addKey(text, ['fields', 1], 'default', '0') ?? [])).toBe(
    'fields:\n  - {to: a, value: b}  # kept\n  - to: c\n    value: d\n    default: "0"\n',
  );
  expect(addKey(text, ['fields', 1], 'value', 'x')).toBeNull();
});

test('a key is put behind the others and taken out again, and the text is what it was', { timeout: 30_000 }, () => {
  let done = 0;
  for (const [file, text] of CORPUS) {
    for (const path of some(paths(text, isMap), 4)) {
      const edits = addKey(text, path, 'put_in', 'a: "b", c');
      if (edits === null) continue;
      const after = apply(text, edits);
      const back = removeKey(after, path, 'put_in');
      expect(back, `${file} ${path.join('.')}`).not.toBeNull();
      expect(apply(after, back ?? []), `${file} ${path.join('.')}`).toBe(text);
      done += 1;
    }
  }
  expect(done).toBeGreaterThan(100);
});

test('keys go with their commas, the first one too, and what shares a line with a dash is refused', () => {
  const text = 'rows:\n  - {from: "1", to: A, valid_to: 2020-01-01} # one\n  - from: "2"\n    to: B # two\n    name: x\n';
  const without = (path: Path, key: string) => apply(text, removeKey(text, path, key) ?? []);
  expect(without(['rows', 0], 'valid_to')).toContain('  - {from: "1", to: A} # one\n');
  expect(without(['rows', 0], 'from')).toContain('  - {to: A, valid_to: 2020-01-01} # one\n');
  expect(without(['rows', 0], 'to')).toContain('  - {from: "1", valid_to: 2020-01-01} # one\n');
  expect(without(['rows', 1], 'name')).toBe(text.replace('    name: x\n', ''));
  expect(removeKey(text, ['rows', 1], 'from')).toBeNull();
  expect(removeKey('a: {only: 1}\n', ['a'], 'only')).toBeNull();
});

test('a name in one language is put in as a map', () => {
  const text = 'rows:\n  - {from: "1", to: A}\n';
  expect(apply(text, putSmall(text, ['rows', 0], 'name', { zh: '含逗号, 的' }) ?? [])).toBe(
    'rows:\n  - {from: "1", to: A, name: {zh: "含逗号, 的"}}\n',
  );
});

test('a comment above an item goes with it, and one beside its neighbour stays', () => {
  const text = 'steps:\n  - a # first\n  # about b\n  - b\n  - c\n';
  expect(apply(text, removeItem(text, ['steps'], 1) ?? [])).toBe('steps:\n  - a # first\n  - c\n');
});

test('what cannot be kept is refused', () => {
  for (const text of ['a: &x 1\nb: *x\n', 'a: |\n  two\n  lines\n', 'a: [1\n', 'a: one\n  two\n'])
    expect(setScalar(text, ['a'], 'other'), text).toBeNull();
  expect(appendItem('a: [1, 2]\n', ['a'], '3')).toBeNull();
  expect(removeItem('a:\n  - 1\n', ['a'], 0)).toBeNull();
  expect(setScalar('a: 1\r\nb: 2\r\n', ['b'], 'x')).toEqual([{ from: 9, to: 10, insert: 'x' }]);
});

test('several items are put in and taken out at once, each with its own comment', () => {
  const text = 'rows:\n  # one\n  - a\n  - b # two\n  # three\n  - c\nlast: x';
  const more = apply(text, appendItems(text, ['rows'], ['d', '{e: f}']) ?? []);
  expect(more).toBe(text.replace('- c\n', '- c\n  - d\n  - {e: f}\n'));
  expect(apply(more, removeItems(more, ['rows'], [4, 0, 2]) ?? [])).toBe('rows:\n  - b # two\n  - d\nlast: x');
  expect(removeItems(text, ['rows'], [0, 1, 2])).toBeNull();
  expect(apply('a: 1\r\nrows: []\r\n', appendItems('a: 1\r\nrows: []\r\n', ['rows'], ['x', 'y']) ?? [])).toBe(
    'a: 1\r\nrows:\r\n  - x\r\n  - y\r\n',
  );
});

test('small values are put in place of what stands on its line, and nothing else is touched', () => {
  const text = 'users:\n  - {id: e1, channels: mail} # first\n  - id: e2\n    channels:\n      - mail # by hand\n';
  expect(apply(text, putSmall(text, ['users', 0], 'channels', ['mail', 'wecom']) ?? [])).toBe(
    text.replace('channels: mail}', 'channels: [mail, wecom]}'),
  );
  expect(putSmall(text, ['users', 1], 'channels', ['mail'])).toBeNull();
  const told = { turn: { template: 'waits', channels: ['ops', '9'], urgent: true } };
  const flow = 'flow: x\nsteps:\n  - id: lead\n    approve: {by: {manager: 1}}\n    due: 2wd # days\n';
  expect(apply(flow, putSmall(flow, ['steps', 0], 'notices', told) ?? [])).toBe(
    `${flow}    notices: {turn: {template: waits, channels: [ops, "9"], urgent: true}}\n`,
  );
});

test('a text under a key is put in, changed and taken away', () => {
  const text = '# people\nquiet: "20:00-08:00" # at night\nusers: []\n';
  const put = (from: string, key: string, value: string) => apply(from, putText(from, [], key, value) ?? []);
  expect(put(text, 'quiet', '21:00-07:00')).toBe(text.replace('20:00-08:00', '21:00-07:00'));
  expect(put(text, 'digest', '09:00')).toBe(`${text}digest: 09:00\n`);
  expect(put(text, 'quiet', '')).toBe('# people\nusers: []\n');
  expect(put(text, 'zone', '')).toBe(text);
});

test('edits are put in wherever they stand in the list, and of two at one place the later comes first', () => {
  expect(
    apply('abcdef', [
      { from: 4, to: 5, insert: 'E' },
      { from: 0, to: 1, insert: '' },
      { from: 2, to: 2, insert: '1' },
      { from: 2, to: 2, insert: '2' },
    ]),
  ).toBe('b21cdEf');
});
