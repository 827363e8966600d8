/** Tables as spreadsheets write and read them. */

export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  /** Where it stands in the text, the end of its line included. */
  from: number;
  to: number;
  cells: string[];
}

export interface CsvRead {
  records: CsvRecord[];
  /** The line of a quote that is never closed, or that something other than a separator follows; nothing behind it is read. */
  broken: number | null;
}

export const ENCODINGS = ['utf-8', 'gbk'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * The text of a file: UTF-8 with its mark or without, else GBK, as spreadsheets on Chinese machines save it. Null where it is
 * neither, such as a workbook. A few letters of GBK can look like UTF-8; a person who sees that says which one it is.
 */
export function decoded(bytes: Uint8Array, as?: Encoding): { text: string; encoding: Encoding } | null {
  if (bytes.includes(0)) return null;
  for (const encoding of as ? [as] : ENCODINGS) {
    try {
      return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
    } catch {
      // Then it is the other one.
    }
  }
  return null;
}

/** What parts the cells: the one that the first line has most of. */
function separatorOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  const count = (separator: string) => first.split(separator).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** Every record that is not an empty line. Cells are trimmed where they stand without quotes. */
export function readCsv(text: string): CsvRead {
  const separator = separatorOf(text);
  const records: CsvRecord[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const record: CsvRecord = { line, from: at, to: at, cells: [] };
    for (;;) {
      const cell = cellAt(text, at, separator);
      if (cell === null) return { records, broken: record.line };
      record.cells.push(cell.value);
      line += cell.lines;
      at = cell.end;
      if (text[at] !== separator) break;
      at += 1;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    record.to = Math.min(at, text.length);
    if (record.cells.length > 1 || record.cells[0] !== '') records.push(record);
  }
  return { records, broken: null };
}

function cellAt(text: string, start: number, separator: string): { value: string; end: number; lines: number } | null {
  let at = start;
  while (text[at] === ' ') at += 1;
  if (text[at] !== '"') {
    let end = at;
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
    return { value: text.slice(at, end).trim(), end, lines: 0 };
  }
  let [value, lines] = ['', 0];
  for (at += 1; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"' && text[at + 1] !== '"') {
      let end = at + 1;
      while (text[end] === ' ') end += 1;
      const closed = end >= text.length || [separator, '\n', '\r'].includes(text[end] ?? '');
      return closed ? { value, end, lines } : null;
    }
    // A quote that is doubled is one of the text.
    if (letter === '"') at += 1;
    if (letter === '\n' || (letter === '\r' && text[at + 1] !== '\n')) lines += 1;
    value += letter;
  }
  return null;
}

/** One record as a line without its end. */
export function writeRecord(cells: readonly string[]): string {
  return cells.map(quoted).join(',');
}

/** A mark that tells spreadsheets of UTF-8, then a line a record. */
export function writeCsv(records: readonly (readonly string[])[]): string {
  return `\ufeff${records.map((cells) => `${writeRecord(cells.map(guarded))}\r\n`).join('')}`;
}

// One that begins so already gets another, so that taking one away gives back what was there.
const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** What a spreadsheet would take for a formula begins with an apostrophe, as in every table of the hub. */
function guarded(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before `guarded`. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && guarded(cell.slice(1)) === cell ? cell.slice(1) : cell;
}

function quoted(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
