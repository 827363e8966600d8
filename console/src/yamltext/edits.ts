/**
 * Small edits of a YAML text: each touches the node it is about and leaves every other byte as it is. An edit that cannot keep
 * that promise is refused, and is then made in the text by hand. Nothing here ever prints YAML from a model.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Range,
  Scalar,
  type YAMLSeq,
} from 'yaml';

export interface Edit {
  from: number;
  to: number;
  insert: string;
}

export type Path = readonly (string | number)[];

/** The text with all edits in it; of two that begin at one place the later one comes first. */
export function apply(text: string, edits: readonly Edit[]): string {
  // Put together once: with thousands of edits of a large text each copy of it would be felt.
  const pieces: string[] = [];
  let at = 0;
  for (const { from, to, insert } of [...edits].reverse().sort((a, b) => a.from - b.from)) {
    pieces.push(text.slice(at, from), insert);
    at = to;
  }
  return pieces.join('') + text.slice(at);
}

/** Puts another value where a scalar stands, in the way the old one was written where that is possible. */
export function setScalar(text: string, path: Path, value: string): Edit[] | null {
  const document = read(text);
  const node = document?.getIn(path, true);
  if (!document || !isScalar(node) || !node.range || node.anchor || node.tag) return null;
  // The lines of a block belong to each other and to their indentation: that is for the text.
  if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) return null;
  const [from, to] = node.range;
  if (text.slice(from, to).includes('\n')) return null;
  const wanted = changed(document, path, value);
  return (
    written(value, node.type ?? Scalar.PLAIN)
      .map((insert) => [{ from, to, insert }])
      .find((edits) => says(apply(text, edits), wanted)) ?? null
  );
}

/** Puts a line of YAML at the end of a list that is written as lines, indented as its neighbours are. */
export function appendItem(text: string, path: Path, item: string): Edit[] | null {
  return appendItems(text, path, [item]);
}

/** The same with several, each a line of its own; a list that is written as `[]` becomes one of lines. */
export function appendItems(text: string, path: Path, items: readonly string[]): Edit[] | null {
  const document = read(text);
  const list = document?.getIn(path, true);
  if (!document || !isSeq(list) || list.anchor || items.some((item) => item.includes('\n'))) return null;
  const edit =
    list.items.length === 0 ? inPlaceOfNone(text, document, path, items) : list.flow ? null : behindLast(text, list, items);
  if (edit === null) return null;
  const before = document.toJS() as unknown;
  const after = read(apply(text, [edit]));
  if (!after) return null;
  const now = after.getIn(path, true);
  // So many more in the list, and everything else as it was.
  if (!isSeq(now) || now.items.length !== list.items.length + items.length) return null;
  now.items.length = list.items.length;
  return same(after.toJS(), before) ? [edit] : null;
}

function behindLast(text: string, list: YAMLSeq, items: readonly string[]): Edit | null {
  const range = rangeOf(list.items.at(-1));
  if (!range) return null;
  const dash = text.lastIndexOf('-', range[0] - 1);
  const lineStart = text.lastIndexOf('\n', dash - 1) + 1;
  const indent = text.slice(lineStart, dash);
  if (!/^ *$/.test(indent)) return null;
  // Behind the line on which the last item ends, its comment included.
  const ends = text.indexOf('\n', Math.max(range[0], trimmedEnd(text, range[1])));
  const newline = newlineOf(text);
  const at = ends === -1 ? text.length : ends + 1;
  const insert = items.map((item) => `${indent}- ${item}${newline}`).join('');
  return { from: at, to: at, insert: `${ends === -1 ? newline : ''}${insert}` };
}

/** In place of `[]`, two further in than the key; with anything else on its line that is left to the text. */
function inPlaceOfNone(text: string, document: Document, path: Path, items: readonly string[]): Edit | null {
  const parent = document.getIn(path.slice(0, -1), true);
  const pair =
    isMap(parent) && !parent.flow ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  const range = rangeOf(pair?.value);
  if (!range || !isScalar(pair?.key) || !pair.key.range || text.slice(range[0], range[1]) !== '[]') return null;
  if (!/^[ \t]*(\r?\n|$)/.test(text.slice(range[1]))) return null;
  const indent = ' '.repeat(columnOf(text, pair.key.range[0]) + 2);
  const insert = items.map((item) => `${newlineOf(text)}${indent}- ${item}`).join('');
  return { from: trimmedEnd(text, range[0]), to: range[1], insert };
}

/** Takes an item out of a list that is written as lines, with the comment that stands above it. */
export function removeItem(text: string, path: Path, index: number): Edit[] | null {
  return removeItems(text, path, [index]);
}

/** The same with several, as long as one is left: a list without items would be another thing than a list. */
export function removeItems(text: string, path: Path, indexes: readonly number[]): Edit[] | null {
  const document = read(text);
  const list = document?.getIn(path, true);
  const gone = new Set(indexes);
  if (!document || !isSeq(list) || list.flow || list.items.length <= gone.size) return null;
  const edits: Edit[] = [];
  for (const index of gone) {
    const cut = linesOf(text, list.items[index]);
    if (cut === null) return null;
    edits.push({ ...cut, insert: '' });
  }
  const after = read(apply(text, edits));
  list.items = list.items.filter((_, index) => !gone.has(index));
  return after && same(after.toJS(), document.toJS()) ? edits : null;
}

/** The lines of an item, with the comment above it. */
function linesOf(text: string, item: unknown): { from: number; to: number } | null {
  const range = rangeOf(item);
  if (!range) return null;
  const dash = text.lastIndexOf('-', range[0] - 1);
  let from = text.lastIndexOf('\n', dash - 1) + 1;
  for (;;) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (from === 0 || above === from || !/^\s*#/.test(text.slice(above, from))) break;
    from = above;
  }
  const ends = text.indexOf('\n', trimmedEnd(text, range[1]));
  return { from, to: ends === -1 ? text.length : ends + 1 };
}

/** What is written in braces or brackets on a line: texts, yes and no, and lists and maps of them. */
export type Small = string | boolean | readonly string[] | { [key: string]: Small };

/** Puts a small value, in braces where it is a map, in place of what a key has on its line, or behind the other keys. */
export function putSmall(text: string, path: Path, key: string, value: Small): Edit[] | null {
  const document = read(text);
  const map = document?.getIn(path, true);
  if (!document || !isMap(map)) return null;
  const wanted = document.clone();
  wanted.setIn([...path, key], value);
  const edits = map.has(key) ? inPlace(text, map.get(key, true), small(value)) : behind(text, path, key, small(value));
  return edits !== null && says(apply(text, edits), wanted.toJS()) ? edits : null;
}

function behind(text: string, path: Path, key: string, insert: string): Edit[] | null {
  const [edit] = addKey(text, path, key, 'x') ?? [];
  return edit ? [{ ...edit, insert: edit.insert.slice(0, edit.insert.lastIndexOf('x')) + insert }] : null;
}

function inPlace(text: string, node: unknown, insert: string): Edit[] | null {
  const range = rangeOf(node);
  if (!range || isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor)) return null;
  const [from, to] = [range[0], trimmedEnd(text, range[1])];
  // What stands on lines of its own may have comments between them: that is for the text.
  if ((isMap(node) || isSeq(node)) && !node.flow) return null;
  return text.slice(from, to).includes('\n') ? null : [{ from, to, insert }];
}

function small(value: Small): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return inBrackets(value);
  if (Array.isArray(value)) return `[${value.map(inBrackets).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${small(inner)}`)
    .join(', ')}}`;
}

/** A text as it stands in braces or brackets: plain where every reader takes it for text, else in quotes. */
export function inBrackets(value: string): string {
  const plain = /^[A-Za-z_\u3400-\u9fff]([\w.\u3400-\u9fff -]*[\w\u3400-\u9fff])?$/.test(value);
  return plain && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value) ? value : JSON.stringify(value);
}

/** A scalar under a key: put where the old one stood or behind the other keys; an empty one goes with its key. */
export function putText(text: string, path: Path, key: string, value: string): Edit[] | null {
  const map = read(text)?.getIn(path, true);
  if (!isMap(map)) return null;
  if (!map.has(key)) return value === '' ? [] : addKey(text, path, key, value);
  return value === '' ? removeKey(text, path, key) : setScalar(text, [...path, key], value);
}

/** Puts a key with a scalar into a map behind its last key; in braces or in lines, as the map is written. */
export function addKey(text: string, path: Path, key: string, value: string): Edit[] | null {
  const document = read(text);
  const map = document?.getIn(path, true);
  if (!document || !isMap(map) || map.has(key) || !map.range || map.anchor) return null;
  const last = map.items.at(-1) as Pair | undefined;
  const end = ends(last);
  if (end === null) return null;
  const wanted = changed(document, [...path, key], value);
  const at = map.flow ? trimmedEnd(text, end) : lineEnd(text, trimmedEnd(text, end));
  const column = last && isScalar(last.key) && last.key.range ? columnOf(text, last.key.range[0]) : 0;
  const lead = map.flow ? ', ' : `${newlineOf(text)}${' '.repeat(column)}`;
  return (
    written(value, Scalar.PLAIN)
      .map((insert) => [{ from: at, to: at, insert: `${lead}${key}: ${insert}` }])
      .find((edits) => says(apply(text, edits), wanted)) ?? null
  );
}

/** Takes a key with its value out of a map that keeps another one; in braces or in lines, as the map is written. */
export function removeKey(text: string, path: Path, key: string): Edit[] | null {
  const document = read(text);
  const map = document?.getIn(path, true);
  if (!document || !isMap(map) || !map.range || map.anchor || map.items.length < 2) return null;
  const at = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  const pair = map.items[at] as Pair | undefined;
  const from = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  const to = ends(pair);
  if (from === undefined || to === null) return null;
  const wanted = document.clone();
  wanted.deleteIn([...path, key]);
  const cut = map.flow ? inBraces(text, map.items as Pair[], at, from, to) : inLines(text, from, to);
  if (cut === null) return null;
  const edits = [{ ...cut, insert: '' }];
  return says(apply(text, edits), wanted.toJS()) ? edits : null;
}

/** With the comma that parts it from the one before, or after it where it is the first. */
function inBraces(text: string, items: Pair[], at: number, from: number, to: number): { from: number; to: number } | null {
  if (at > 0) {
    const before = ends(items[at - 1]);
    return before === null ? null : { from: trimmedEnd(text, before), to: trimmedEnd(text, to) };
  }
  const next = items[1]?.key;
  const behind = isScalar(next) ? next.range?.[0] : undefined;
  return behind === undefined ? null : { from, to: behind };
}

/** Its whole lines; a key that stands behind a dash shares its line with it, and is left to the text. */
function inLines(text: string, from: number, to: number): { from: number; to: number } | null {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  if (!/^ *$/.test(text.slice(lineStart, from))) return null;
  const end = text.indexOf('\n', trimmedEnd(text, to));
  return { from: lineStart, to: end === -1 ? text.length : end + 1 };
}

function read(text: string): Document | null {
  const document = parseDocument(text, { keepSourceTokens: false });
  return document.errors.length === 0 ? document : null;
}

function changed(document: Document, path: Path, value: string): unknown {
  const copy = document.clone();
  copy.setIn(path, value);
  return copy.toJS() as unknown;
}

function says(text: string, wanted: unknown): boolean {
  const document = read(text);
  return document !== null && same(document.toJS(), wanted);
}

/** The order of keys is part of what a text says: some partners depend on it. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How a text may be written, the way of the old one first. */
function written(value: string, before: Scalar.Type | string): string[] {
  const plain = value === '' || /[\n\r]/.test(value) ? [] : [value];
  const double = [JSON.stringify(value)];
  const single = /[\n\r]/.test(value) ? [] : [`'${value.replaceAll("'", "''")}'`];
  if (before === Scalar.QUOTE_DOUBLE) return [...double, ...plain];
  if (before === Scalar.QUOTE_SINGLE) return [...single, ...double];
  return [...plain, ...double];
}

function ends(pair: Pair | undefined): number | null {
  const value = pair?.value;
  if (isAlias(value)) return null;
  return rangeOf(value ?? pair?.key)?.[1] ?? null;
}

function rangeOf(node: unknown): Range | null {
  return isNode(node) ? (node.range ?? null) : null;
}

/** Where a node ends without the white space behind it. */
export function trimmedEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Where the line of a place ends, its comment included. */
function lineEnd(text: string, from: number): number {
  const end = /\r?\n|$/.exec(text.slice(from));
  return from + (end?.index ?? 0);
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
