/** The rows of a dictionary's text, and small edits of them; the text stays the truth. */
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { appendItem, apply, type Edit, putSmall, putText, removeItem, removeKey, trimmedEnd } from '../../yamltext/edits';

/** What a row says in one language. */
export interface Row {
  /** Its place among the rows of the text. */
  index: number;
  from: string;
  to: string;
  name: string;
  valid_from: string;
  valid_to: string;
}

export type Column = Exclude<keyof Row, 'index'>;
export const COLUMNS = ['from', 'to', 'name', 'valid_from', 'valid_to'] as const satisfies readonly Column[];
/** Columns that a row must have. */
export const NEEDED: readonly Column[] = ['from', 'to'];

export interface Read {
  rows: Row[];
  /** The file that holds the rows where they do not stand in the text. */
  table: string | null;
}

/** As titles are written: one text, or one by language. */
export type Tongue = 'en' | 'zh';

let last: { text: string; document: Document } | null = null;

/** A text of thousands of rows takes a while to read, and is asked about more than once. Nobody changes what is given here. */
export function parsed(text: string): Document {
  if (last?.text !== text) last = { text, document: parseDocument(text) };
  return last.document;
}

export function read(text: string, tongue: Tongue): Read {
  const root = parsed(text).contents;
  if (!isMap(root)) return { rows: [], table: null };
  const table = root.get('table', true);
  const rows = root.get('rows', true);
  return {
    table: isScalar(table) ? String(table.value) : null,
    rows: isSeq(rows) ? rows.items.flatMap((item, index) => (isMap(item) ? [rowOf(item, index, tongue)] : [])) : [],
  };
}

function rowOf(item: YAMLMap, index: number, tongue: Tongue): Row {
  const word = (key: string) => {
    const value = item.get(key, true);
    // As it is written: `10.50` is no number here.
    return isScalar(value) ? (value.source ?? String(value.value ?? '')) : '';
  };
  const name = item.get('name', true);
  return {
    index,
    from: word('from'),
    to: word('to'),
    name: isMap(name) ? String(name.get(tongue) ?? '') : word('name'),
    valid_from: word('valid_from'),
    valid_to: word('valid_to'),
  };
}

/** The text with another value in a cell; null where the way it is written leaves that to the text. */
export function withCell(text: string, index: number, column: Column, value: string, tongue: Tongue): string | null {
  const place = placeOf(text, index);
  return place === null
    ? edited(text, index, column, value, tongue)
    : inPlace(text, place, (one) => edited(one, 0, column, value, tongue));
}

/** Where a row stands by itself, on lines of its own; null where it hangs on others or they on it. */
export function placeOf(text: string, index: number): { from: number; to: number } | null {
  const document = parsed(text);
  const item = document.errors.length > 0 ? null : document.getIn(['rows', index], true);
  const range = isMap(item) ? item.range : null;
  if (!range) return null;
  const from = text.lastIndexOf('\n', text.lastIndexOf('-', range[0] - 1)) + 1;
  const ends = text.indexOf('\n', trimmedEnd(text, range[1]));
  const to = ends === -1 ? text.length : ends + 1;
  // Anchors and what refers to them are about more than one row.
  return /^ *- *$/.test(text.slice(from, range[0])) && !/[&*]/.test(text.slice(from, to)) ? { from, to } : null;
}

/** The text with a row edited as a text of its own, which costs nothing however many others there are. */
function inPlace(text: string, { from, to }: { from: number; to: number }, edit: (one: string) => string | null): string | null {
  const next = edit(LEAD + text.slice(from, to));
  return next === null ? null : text.slice(0, from) + next.slice(LEAD.length) + text.slice(to);
}

/** Stands above a row that is edited by itself. */
export const LEAD = 'rows:\n';

/** The same for a text as a whole. */
export function edited(text: string, index: number, column: Column, value: string, tongue: Tongue): string | null {
  const row = ['rows', index];
  const item = parseDocument(text).getIn(row, true);
  if (!isMap(item)) return null;
  const name = item.get('name', true);
  let edits: Edit[] | null;
  if (column === 'name' && isMap(name)) {
    edits = putText(text, [...row, 'name'], tongue, value);
    // A name that nobody says any more goes whole.
    if (value === '' && name.items.length === 1) edits = removeKey(text, row, 'name');
  } else if (column === 'name' && !item.has('name')) {
    edits = value === '' ? [] : putSmall(text, row, 'name', { [tongue]: value });
  } else edits = putText(text, row, column, value);
  return edits === null ? null : apply(text, edits);
}

/** The text with one row more; null where the rows are written in another way than one a line. */
export function withRow(text: string, from: string, to: string): string | null {
  const edits = appendItem(text, ['rows'], `{from: ${JSON.stringify(from)}, to: ${JSON.stringify(to)}}`);
  return edits === null ? null : apply(text, edits);
}

/** The text without a row and the comment above it. */
export function withoutRow(text: string, index: number): string | null {
  const edits = removeItem(text, ['rows'], index);
  return edits === null ? null : apply(text, edits);
}
