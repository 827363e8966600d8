/** Cases that stand beside mappings and flows: what a text declares, what came of a run, and what a new one looks like. */
import { parseDocument } from 'yaml';
import { appendItem, apply } from '../../yamltext/edits';

export interface Declared {
  name: string;
  inputs: string;
  expect: string;
}

/** The `tests:` of a mapping's text. */
export function declared(text: string): Declared[] {
  const content: unknown = parseDocument(text).toJS();
  const tests = content !== null && typeof content === 'object' && 'tests' in content ? content.tests : null;
  if (!Array.isArray(tests)) return [];
  return tests.flatMap((test: unknown) => {
    if (test === null || typeof test !== 'object') return [];
    const { name, inputs, expect } = test as Record<string, unknown>;
    return [{ name: String(name ?? ''), inputs: String(inputs ?? ''), expect: String(expect ?? '') }];
  });
}

/** The same text with one case more; null where it is written in a way that only its author can go on with. */
export function withCase(text: string, { name, inputs, expect }: Declared): string | null {
  const item = `{name: ${JSON.stringify(name)}, inputs: ${inputs}, expect: ${expect}}`;
  if (parseDocument(text).has('tests')) {
    const edits = appendItem(text, ['tests'], item);
    return edits && apply(text, edits);
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const longer = `${text}${text === '' || text.endsWith('\n') ? '' : newline}tests:${newline}  - ${item}${newline}`;
  const [before, after] = [parseDocument(text), parseDocument(longer)];
  if (before.errors.length > 0 || after.errors.length > 0) return null;
  after.delete('tests');
  return JSON.stringify(after.toJS()) === JSON.stringify(before.toJS()) ? longer : null;
}

export interface Differs {
  place: string;
  expected: string | null;
  got: string | null;
}

/** A difference as the hub words it, as place, what was expected and what came; words that say it otherwise stay words. */
export function differs(words: string): Differs {
  const instead = /^`([^`]*)` is (.*) instead of (.*)$/s.exec(words);
  if (instead) return { place: instead[1] ?? '', got: instead[2] ?? '', expected: instead[3] ?? '' };
  const both = /^(.*?): expected (.*), actual (.*)$/s.exec(words);
  if (both) return { place: both[1] ?? '', expected: both[2] ?? '', got: both[3] ?? '' };
  return { place: words, expected: null, got: null };
}

/** A name for files, of what people call things: `PO 2026/4417` is `po_2026_4417`. */
export function fileWord(words: string): string {
  const plain = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return plain.slice(0, 60) || 'case';
}

/** Whether everything in it is written again as it was read: a number with more digits than the browser counts is not. */
export function isExact(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) ? Number.isSafeInteger(value) : true;
  if (value !== null && typeof value === 'object') return Object.values(value).every(isExact);
  return true;
}

/** The text that is to be run: none before the first run is asked for, then each that was saved. */
export function nextRun(asked: string | null, now: { text: string; saved: boolean }): string | null {
  return asked !== null && now.saved && now.text !== asked ? now.text : asked;
}

/** Files that are tests of a flow, by what they say. */
export function testsOf(flow: string, files: Readonly<Record<string, string | null>>): string[] {
  const names = new RegExp(`^flow: *["']?${flow.replace(/[^\w-]/g, '')}["']? *(#.*)?$`, 'm');
  return Object.entries(files)
    .flatMap(([path, text]) => (text !== null && /^test:/m.test(text) && names.test(text) ? [path] : []))
    .sort();
}
