/** A CSV file held against the rows of a dictionary's text: what is new, changed, equal or wrong, and the text with all of it. */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { type CsvRead, unguarded } from '../../format/csv';
import { appendItems, apply, inBrackets, removeItems } from '../../yamltext/edits';
import { COLUMNS, edited, LEAD, parsed, placeOf, type Tongue } from './rows';

/** Rows that a text can hold and still be edited; more of them belong into a table of their own. */
export const ROWS_MAX = 5_000;
/** Rows of a file of their own: each is a line and costs little. */
export const TABLE_ROWS_MAX = 50_000;

/** `name` in every language at once, or in one: `name.zh`. */
export type Field = (typeof COLUMNS)[number] | `name.${Tongue}`;
const FIELDS: readonly Field[] = [...COLUMNS, 'name.en', 'name.zh'];
export type Values = Partial<Record<Field, string>>;

/** A row of the text, with all that it says. */
export interface Known {
  index: number;
  values: Values;
}

export interface Incoming {
  line: number;
  from: string;
  values: Values;
}

export type Reason = 'no_from' | 'no_to' | 'bad_date' | 'ends_before' | 'columns' | 'double' | 'name_once' | 'broken' | 'too_many';

export interface Wrong {
  line: number;
  /** The value that its line is about, where that can be told. */
  from: string;
  reason: Reason;
  /** What it is about: the value, the column, the other line. */
  about: string;
}

export interface Plan {
  fresh: Incoming[];
  changed: { index: number; line: number; from: string; changes: { field: Field; before: string; after: string }[] }[];
  equal: number;
  wrong: Wrong[];
  /** Rows that the file does not have; they stay unless it is said otherwise. */
  only: Known[];
  /** Columns that nobody here knows. */
  unknown: string[];
}

/** The rows as they stand in the text. */
export function known(text: string): Known[] {
  const rows = rowsOf(text);
  return rows.map((item, index) => ({ index, values: isMap(item) ? valuesOf(item) : {} }));
}

function rowsOf(text: string): unknown[] {
  const root = parsed(text).contents;
  const rows = isMap(root) ? root.get('rows', true) : null;
  return isSeq(rows) ? rows.items : [];
}

function valuesOf(item: YAMLMap): Values {
  const values: Values = {};
  const put = (field: Field, node: unknown) => {
    // As it is written: `10.50` is no number here.
    if (isScalar(node)) values[field] = node.source ?? String(node.value ?? '');
  };
  for (const column of COLUMNS) put(column, item.get(column, true));
  const name = item.get('name', true);
  if (isMap(name)) for (const { key, value } of name.items) put(`name.${isScalar(key) ? String(key.value) : ''}` as Field, value);
  return values;
}

/** The table that `plan` reads as equal: the columns of a dictionary's CSV file, and names by language where there are any. */
export function tableOf(text: string): string[][] {
  const rows = known(text);
  const fields = FIELDS.filter(
    (field) => field === 'from' || field === 'to' || field.startsWith('valid') || rows.some(({ values }) => values[field]),
  );
  return [fields, ...rows.map(({ values }) => fields.map((field) => values[field] ?? ''))];
}

/** What a file would do to rows. `titles` are further names of columns, such as those that the page shows. Null: it lacks the two columns that every row has. */
export function plan(
  rows: Known[],
  csv: CsvRead,
  tongue: Tongue,
  titles: ReadonlyMap<string, Field>,
  most: number = ROWS_MAX,
): Plan | null {
  const [head, ...records] = csv.records;
  const fields = (head?.cells ?? []).map((cell) => fieldOf(cell, titles));
  if (!fields.includes('from') || !fields.includes('to')) return null;
  const unknown = (head?.cells ?? []).filter((_, at) => fields[at] === null);
  const byLanguage = fields.some((field) => field?.startsWith('name.'));
  const result: Plan = { fresh: [], changed: [], equal: 0, wrong: [], only: [], unknown };
  const incoming: Incoming[] = [];
  const before = new Map<string, Incoming[]>();
  for (const { line, cells } of records.slice(0, most)) {
    const values: Values = {};
    for (const [at, field] of fields.entries()) if (field !== null) values[field] = cellOf(field, cells[at] ?? '');
    const one: Incoming = { line, from: values.from ?? '', values };
    const same = grouped(before, one.from);
    const fault = cells.length === fields.length ? faultOf(values, same) : { reason: 'columns' as const, about: `${cells.length}` };
    if (fault) result.wrong.push({ line, from: one.from, ...fault });
    else {
      incoming.push(one);
      same.push(one);
    }
  }
  if (csv.broken !== null) result.wrong.push({ line: csv.broken, from: '', reason: 'broken', about: '' });
  const over = records[most];
  if (over) result.wrong.push({ line: over.line, from: '', reason: 'too_many', about: `${most}` });
  const met = new Set<number>();
  for (const [row, one] of pairs(rows, incoming)) {
    if (row === null) {
      result.fresh.push(one);
      continue;
    }
    met.add(row.index);
    const about = nameOnce(row.values, one.values);
    if (about !== null) {
      result.wrong.push({ line: one.line, from: one.from, reason: 'name_once', about });
      continue;
    }
    const changes = changesOf(row.values, one.values, tongue, byLanguage);
    if (changes.length === 0) result.equal += 1;
    else result.changed.push({ index: row.index, line: one.line, from: one.from, changes });
  }
  // What a wrong line is about is not gone from the file.
  const spoken = new Set(result.wrong.map(({ from }) => from));
  result.only = rows.filter((row) => !met.has(row.index) && !spoken.has(row.values.from ?? ''));
  result.wrong.sort((a, b) => a.line - b.line);
  return result;
}

function fieldOf(cell: string, titles: ReadonlyMap<string, Field>): Field | null {
  const name = cell.trim().toLowerCase();
  return FIELDS.find((field) => field === name) ?? titles.get(name) ?? null;
}

/** Spreadsheets write days as they like: `2026/1/31` is 2026-01-31. */
function cellOf(field: Field, cell: string): string {
  const value = unguarded(cell);
  const day = field.startsWith('valid') ? /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(value) : null;
  return day ? [day[1], day[2]?.padStart(2, '0'), day[3]?.padStart(2, '0')].join('-') : value;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The list of a key, begun where there is none. */
function grouped<T>(groups: Map<string, T[]>, key: string): T[] {
  const found = groups.get(key) ?? [];
  groups.set(key, found);
  return found;
}

/** `same` are the lines before it that are about the same value. */
function faultOf(values: Values, same: Incoming[]): { reason: Reason; about: string } | null {
  const { from = '', to = '', valid_from = '', valid_to = '' } = values;
  if (from === '') return { reason: 'no_from', about: '' };
  if (to === '') return { reason: 'no_to', about: from };
  for (const day of [valid_from, valid_to]) if (day !== '' && !isDay(day)) return { reason: 'bad_date', about: day };
  if (valid_from !== '' && valid_to !== '' && valid_to < valid_from) return { reason: 'ends_before', about: from };
  const other = same.find((one) => overlap(one.values, values));
  return other ? { reason: 'double', about: `${other.line}` } : null;
}

function overlap(one: Values, two: Values): boolean {
  const after = (a?: string, b?: string) => !!a && !!b && a > b;
  return !after(one.valid_from, two.valid_to) && !after(two.valid_from, one.valid_to);
}

/** Which row each line is about: the one of its value and first day, else the only one that is left of its value on both sides. */
function pairs(rows: Known[], incoming: Incoming[]): [Known | null, Incoming][] {
  const [left, asked] = [new Map<string, Known[]>(), new Map<string, Incoming[]>()];
  for (const row of rows) grouped(left, row.values.from ?? '').push(row);
  for (const one of incoming) grouped(asked, one.from).push(one);
  const found = new Map<Incoming, Known>();
  for (const [from, lines] of asked) {
    const free = left.get(from) ?? [];
    const open: Incoming[] = [];
    for (const one of lines) {
      const at = free.findIndex((row) => (row.values.valid_from ?? '') === (one.values.valid_from ?? row.values.valid_from ?? ''));
      const [row] = at === -1 ? [] : free.splice(at, 1);
      if (row) found.set(one, row);
      else open.push(one);
    }
    const [row, one] = [free[0], open[0]];
    if (row && one && free.length === 1 && open.length === 1) found.set(one, row);
  }
  return incoming.map((one) => [found.get(one) ?? null, one]);
}

/** A name that is written once for all languages gets none by language beside it. */
function nameOnce(row: Values, one: Values): string | null {
  if (!row.name) return null;
  return one['name.en'] || one['name.zh'] ? row.name : null;
}

function changesOf(row: Values, one: Values, tongue: Tongue, byLanguage: boolean) {
  const changes: Plan['changed'][number]['changes'] = [];
  for (const [given, after] of Object.entries(one) as [Field, string][]) {
    // One column for the name is meant in the language of the page, where the row does not have one name for all.
    const inTongue = given === 'name' && !row.name;
    if (inTongue && byLanguage) continue;
    const field = inTongue ? (`name.${tongue}` as const) : given;
    const before = row[field] ?? '';
    if (before !== after) changes.push({ field, before, after });
  }
  return changes;
}

/** The text with all of a plan in it; null where it is written in a way that only the text itself can change. */
export function merged(text: string, { fresh, changed, only }: Plan, removing: boolean): string | null {
  const gone = removing ? only.map(({ index }) => index) : [];
  const wanted = known(text).map(({ values }) => ({ ...values }));
  for (const { index, changes } of changed)
    for (const { field, after } of changes) {
      const values = wanted[index];
      if (after !== '' && values) values[field] = after;
      else if (values) delete values[field];
    }
  let next: string | null = withChanges(text, changed);
  if (next !== null && gone.length > 0) next = applied(next, removeItems(next, ['rows'], gone));
  if (next !== null && fresh.length > 0)
    next = applied(
      next,
      appendItems(
        next,
        ['rows'],
        fresh.map(({ values }) => written(values)),
      ),
    );
  if (next === null) return null;
  // Judged once, as a whole: every row says what it is to say, and nothing else was touched.
  const rows = [...wanted.filter((_, index) => !gone.includes(index)), ...fresh.map(({ values }) => filledOf(values))];
  return sameRows(known(next), rows) && sameBeside(text, next) ? next : null;
}

/** Each changed row is edited as a text of its own, and put back where it stood. */
function withChanges(text: string, changed: Plan['changed']): string | null {
  const edits = [];
  for (const { index, changes } of changed) {
    const place = placeOf(text, index);
    if (place === null) return null;
    let one: string | null = LEAD + text.slice(place.from, place.to);
    for (const { field, after } of changes) {
      const [column, tongue] = field.split('.') as [(typeof COLUMNS)[number], Tongue | undefined];
      one = one === null ? null : edited(one, 0, column, after, tongue ?? 'en');
    }
    if (one === null) return null;
    edits.push({ ...place, insert: one.slice(LEAD.length) });
  }
  return apply(text, edits);
}

function applied(text: string, edits: Parameters<typeof apply>[1] | null): string | null {
  return edits === null ? null : apply(text, edits);
}

function filledOf(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** As rows are written: in braces, on a line. */
function written(values: Values): string {
  const given = filledOf(values);
  const names = (['en', 'zh'] as const).filter((tongue) => given[`name.${tongue}`]);
  const named = names.map((tongue) => `${tongue}: ${inBrackets(given[`name.${tongue}`] ?? '')}`).join(', ');
  // Names by language say more than one for all; a row has one of the two.
  const name = named ? `{${named}}` : given.name ? inBrackets(given.name) : '';
  const pairs: [string, string][] = [
    ['from', inBrackets(given.from ?? '')],
    ['to', inBrackets(given.to ?? '')],
    ['name', name],
    ['valid_from', given.valid_from ?? ''],
    ['valid_to', given.valid_to ?? ''],
  ];
  return `{${pairs.flatMap(([key, value]) => (value === '' ? [] : [`${key}: ${value}`])).join(', ')}}`;
}

function sameRows(now: Known[], wanted: Values[]): boolean {
  const told = (values: Values) => {
    const byLanguage = values['name.en'] || values['name.zh'];
    return JSON.stringify(FIELDS.map((field) => (field === 'name' && byLanguage ? '' : (values[field] ?? ''))));
  };
  return now.length === wanted.length && now.every(({ values }, index) => told(values) === told(wanted[index] ?? {}));
}

/** Whether two texts say the same but for their rows. */
function sameBeside(one: string, two: string): boolean {
  const [before, after] = [one, two].map((text) => {
    const document = parseDocument(text);
    if (document.errors.length > 0) return null;
    document.set('rows', null);
    return JSON.stringify(document.toJS());
  });
  return before !== null && before === after;
}
