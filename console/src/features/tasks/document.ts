/** A canonical document as people read it: plain fields first, lists of lines as tables; nothing of it is computed. */

export interface Fact {
  path: string;
  value: string;
}

export interface Table {
  path: string;
  columns: string[];
  rows: string[][];
}

/** Machinery that nobody decides on. */
const HIDDEN = new Set(['source', 'status', 'status_raw', 'version', 'extensions']);

export function shown(document: unknown): { facts: Fact[]; tables: Table[] } {
  const facts: Fact[] = [];
  const tables: Table[] = [];
  const walk = (value: unknown, path: string, name: string) => {
    if (value === null || value === undefined || value === '' || (path === name && HIDDEN.has(name))) return;
    if (Array.isArray(value)) {
      const rows = value.filter(
        (row): row is Record<string, unknown> => row !== null && typeof row === 'object' && !Array.isArray(row),
      );
      if (rows.length > 0) tables.push(table(path, rows));
      else if (value.length > 0) facts.push({ path, value: value.map(String).join(', ') });
    } else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key, path ? key : key);
    } else {
      facts.push({ path, value: String(value) });
    }
  };
  walk(document, '', '');
  return { facts, tables };
}

function table(path: string, rows: Record<string, unknown>[]): Table {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => rows.some((row) => text(row[key]) !== ''));
  return { path, columns, rows: rows.map((row) => columns.map((key) => text(row[key]))) };
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(text).join(', ');
  return Object.values(value).map(text).filter(Boolean).join(' ');
}

/** What stands under a dotted path. */
export function at(document: unknown, path: string): string {
  const found = path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], document);
  return text(found);
}

/** `total_gross` as words, for fields that have no name in the reader's language. */
export function humanised(path: string): string {
  const last = path.split('.').slice(-2).join(' ');
  const words = last.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
