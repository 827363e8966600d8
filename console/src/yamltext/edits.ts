/**
 * Small edits of a YAML text: each touches the node it is about and leaves every other byte as it is. An edit that cannot keep
 * that promise is refused, and is then made in the text by hand. Nothing here ever prints YAML from a model.
 */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair, parseDocument, type Range, Scalar } from 'yaml';

export interface Edit {
  from: number;
  to: number;
  insert: string;
}

export type Path = readonly (string | number)[];

export function apply(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((before, { from, to, insert }) => before.slice(0, from) + insert + before.slice(to), text);
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
  const document = read(text);
  const list = document?.getIn(path, true);
  if (!document || !isSeq(list) || list.flow || list.anchor || item.includes('\n')) return null;
  const last = list.items.at(-1);
  const range = rangeOf(last);
  if (!range) return null;
  const dash = text.lastIndexOf('-', range[0] - 1);
  const lineStart = text.lastIndexOf('\n', dash - 1) + 1;
  const indent = text.slice(lineStart, dash);
  if (!/^ *$/.test(indent)) return null;
  // Behind the line on which the last item ends, its comment included.
  const ends = text.indexOf('\n', Math.max(range[0], trimmedEnd(text, range[1])));
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const at = ends === -1 ? text.length : ends + 1;
  const insert = `${ends === -1 ? newline : ''}${indent}- ${item}${newline}`;
  const edits = [{ from: at, to: at, insert }];
  const before = document.toJS() as unknown;
  const after = read(apply(text, edits));
  if (!after) return null;
  const now = after.getIn(path, true);
  // One more in the list, and everything else as it was.
  if (!isSeq(now) || now.items.length !== list.items.length + 1) return null;
  now.items.pop();
  return same(after.toJS(), before) ? edits : null;
}

/** Takes an item out of a list that is written as lines, with the comment that stands above it. */
export function removeItem(text: string, path: Path, index: number): Edit[] | null {
  const document = read(text);
  const list = document?.getIn(path, true);
  // A list without items would be another thing than a list.
  if (!document || !isSeq(list) || list.flow || list.items.length < 2) return null;
  const item = list.items[index];
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
  const edits = [{ from, to: ends === -1 ? text.length : ends + 1, insert: '' }];
  const after = read(apply(text, edits));
  list.items.splice(index, 1);
  return after && same(after.toJS(), document.toJS()) ? edits : null;
}

/** The same with a map of one scalar as the value, such as a name in one language; always in braces. */
export function addKeyWithMap(text: string, path: Path, key: string, inner: string, value: string): Edit[] | null {
  const [edit] = addKey(text, path, key, 'x') ?? [];
  const document = read(text);
  if (!edit || !document) return null;
  const wanted = document.clone();
  wanted.setIn([...path, key], wanted.createNode({ [inner]: value }));
  const lead = edit.insert.slice(0, edit.insert.lastIndexOf('x'));
  return (
    written(value, Scalar.PLAIN)
      .map((insert) => [{ ...edit, insert: `${lead}{${inner}: ${insert}}` }])
      .find((edits) => says(apply(text, edits), wanted.toJS())) ?? null
  );
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
  const at = trimmedEnd(text, end);
  const column = last && isScalar(last.key) && last.key.range ? columnOf(text, last.key.range[0]) : 0;
  const lead = map.flow ? ', ' : `${text.includes('\r\n') ? '\r\n' : '\n'}${' '.repeat(column)}`;
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

function trimmedEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
