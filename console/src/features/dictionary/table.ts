/** The rows of a dictionary that stand in a CSV file, and that file with others in it: each line that stays keeps every byte. */
import { type CsvRecord, readCsv, writeRecord } from '../../format/csv';
import { apply, type Edit } from '../../yamltext/edits';
import type { Field, Known, Plan, Values } from './importing';
import { COLUMNS } from './rows';

const MARK = '\ufeff';

interface Table {
  fields: (Field | null)[];
  records: CsvRecord[];
}

function tableOf(text: string): Table {
  const [head, ...records] = readCsv(text.replace(MARK, ' ')).records;
  // The hub knows these columns and no others.
  const fields = (head?.cells ?? []).map((cell) => COLUMNS.find((column) => column === cell) ?? null);
  return { fields, records };
}

export function knownIn(text: string): Known[] {
  const { fields, records } = tableOf(text);
  return records.map(({ cells }, index) => {
    const values: Values = {};
    for (const [at, field] of fields.entries()) if (field !== null && cells[at]) values[field] = cells[at];
    return { index, values };
  });
}

/** The file with all of a plan in it; null where that would take a column that it does not have. */
export function mergedIn(text: string, { fresh, changed, only }: Plan, removing: boolean): string | null {
  const { fields, records } = tableOf(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const edits: Edit[] = [];
  for (const { index, changes } of changed) {
    const record = records[index];
    if (!record) return null;
    const cells = fields.map((_, at) => record.cells[at] ?? '');
    for (const { field, after } of changes) {
      const at = fields.indexOf(field);
      if (at === -1) return null;
      cells[at] = after;
    }
    const end = /\r?\n$/.exec(text.slice(record.from, record.to))?.[0] ?? '';
    edits.push({ from: record.from, to: record.to, insert: writeRecord(cells) + end });
  }
  if (removing)
    for (const { index } of only) {
      const record = records[index];
      if (record) edits.push({ from: record.from, to: record.to, insert: '' });
    }
  const lines: string[] = [];
  for (const { values } of fresh) {
    const given = Object.entries(values).filter(([, value]) => value !== '');
    if (given.some(([field]) => !fields.includes(field as Field))) return null;
    lines.push(writeRecord(fields.map((field) => (field === null ? '' : (values[field] ?? '')))) + newline);
  }
  const next = apply(text, edits);
  const lead = lines.length > 0 && next !== '' && !next.endsWith('\n') ? newline : '';
  return next + lead + lines.join('');
}
