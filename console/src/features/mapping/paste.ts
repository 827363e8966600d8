/** Rules that come as rows from a spreadsheet: a target and its expression, two columns. Each change is a small one of the text. */
import { appendItem, appendItems, apply, setScalar } from '../../yamltext/edits';
import { type Rule, rules } from '../definitions/rules';

export interface Pasted {
  to: string;
  value: string;
}

/** More than any mapping has: what is beyond was not meant. */
export const ROWS_MAX = 500;

/** Rows of two columns; null where the text is no table, and is pasted as it is. */
export function rowsOf(text: string): Pasted[] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0 || !lines.every((line) => line.includes('\t'))) return null;
  return lines.slice(0, ROWS_MAX).map((line) => {
    const [to = '', value = ''] = line.split('\t');
    return { to: to.trim(), value: value.trim() };
  });
}

/** What a row comes to: another expression of a rule, a new rule, or nothing that can be done from here. */
export type Fate = 'new' | 'changed' | 'same' | 'left';

export interface Laid {
  text: string;
  fates: Fate[];
}

/** The text with the rows in it; of two rows for one target the later one is left. */
export function laid(text: string, rows: readonly Pasted[]): Laid {
  const known = new Map(
    rules(text).flatMap((rule) => (rule.depth === 0 && rule.path.length === 2 ? [[rule.to, rule] as const] : [])),
  );
  const seen = new Set<string>();
  const fresh: Pasted[] = [];
  let now = text;
  const fates = rows.map((row): Fate => {
    if (row.to === '' || row.value === '' || seen.has(row.to)) return 'left';
    seen.add(row.to);
    const rule = known.get(row.to);
    if (!rule) {
      fresh.push(row);
      return 'new';
    }
    if (rule.how === 'value' && rule.source === row.value) return 'same';
    const longer = withSource(now, rule, row.value);
    if (longer === null) return 'left';
    now = longer;
    return 'changed';
  });
  const edits = appendItems(now, ['fields'], fresh.map(lineOf));
  if (fresh.length > 0 && edits === null) return { text: now, fates: fates.map((fate) => (fate === 'new' ? 'left' : fate)) };
  return { text: edits ? apply(now, edits) : now, fates };
}

/** The text with another expression in a rule; null where the rule is made of something else than one. */
export function withSource(text: string, rule: Pick<Rule, 'how' | 'path'>, value: string): string | null {
  if (rule.how !== 'value') return null;
  const edits = setScalar(text, [...rule.path, rule.how], value);
  return edits && apply(text, edits);
}

/** The text with a new rule at the end of the outermost ones. */
export function withRule(text: string, row: Pasted): string | null {
  const edits = appendItem(text, ['fields'], lineOf(row));
  return edits && apply(text, edits);
}

function lineOf({ to, value }: Pasted): string {
  return `{to: ${quoted(to)}, value: ${quoted(value)}}`;
}

/** A text inside braces: as it is where YAML reads it back so, else in double quotes. */
function quoted(words: string): string {
  return /^[A-Za-z_][\w.]*$/.test(words) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(words) ? words : JSON.stringify(words);
}
