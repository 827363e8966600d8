import { beforeEach, expect, test } from 'vitest';

const kept = new Map<string, string>();
let forbidden = false;
Object.assign(globalThis, {
  localStorage: {
    get length() {
      return kept.size;
    },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (forbidden) throw new Error('QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  },
  location: { search: '' },
});
const { copyOf, dropCopy, keepCopy, resumed } = await import('./copies');

const of = { who: '1:ann', kind: 'mapping', id: 'po' };
const copy = { base: 'a: 1\n', baseTag: 't1', text: 'a: 2\n', sending: null, at: '2026-01-02T03:04:05Z', page: 'p' };

beforeEach(() => {
  kept.clear();
  forbidden = false;
});

test('a copy is one person’s and of one text', () => {
  expect(keepCopy(of, copy)).toBe(true);
  expect(copyOf(of)).toEqual(copy);
  expect(copyOf({ ...of, who: '1:ben' })).toBeNull();
  expect(copyOf({ ...of, id: 'other' })).toBeNull();
  dropCopy(of, 'another page');
  expect(copyOf(of)).toEqual(copy);
  dropCopy(of, 'p');
  expect(copyOf(of)).toBeNull();
});

test('what the browser does not keep is said', () => {
  forbidden = true;
  expect(keepCopy(of, copy)).toBe(false);
});

test('what this browser holds of something else is no copy', () => {
  for (const text of ['broken', '7', '{"text": 1}', 'null']) {
    kept.set('waybill.text:1:ann/mapping/po', text);
    expect(copyOf(of)).toBeNull();
  }
});

test('the oldest goes when there are too many', () => {
  for (let count = 0; count < 40; count += 1)
    keepCopy({ ...of, id: `d${count}` }, { ...copy, at: `2026-01-01T00:00:${String(count).padStart(2, '0')}Z` });
  expect(kept.size).toBe(30);
  expect(copyOf({ ...of, id: 'd0' })).toBeNull();
  expect(copyOf({ ...of, id: 'd39' })).not.toBeNull();
});

test('what was typed comes back as a change of the text that it was typed into', () => {
  const now = { text: 'a: 1\n', tag: 't1' };
  expect(resumed(null, now)).toEqual({ text: now.text, base: now, restored: null, theirs: null });
  expect(resumed(copy, now)).toEqual({ text: 'a: 2\n', base: now, restored: copy.at, theirs: null });
});

test('what was saved in the end is not put back', () => {
  const now = { text: 'a: 2\n', tag: 't2' };
  expect(resumed(copy, now)).toEqual({ text: now.text, base: now, restored: null, theirs: null });
});

test('what was on its way when the page was left is no text of somebody else', () => {
  const now = { text: 'a: 1\nb: 1\n', tag: 't2' };
  expect(resumed({ ...copy, text: 'a: 1\nb: 12\n', sending: now.text }, now)).toMatchObject({ base: now, theirs: null });
});

test('what somebody saved meanwhile stands against it', () => {
  const now = { text: 'a: 3\n', tag: 't3' };
  expect(resumed(copy, now)).toEqual({
    text: 'a: 2\n',
    base: { text: 'a: 1\n', tag: 't1' },
    restored: copy.at,
    theirs: now,
  });
});
