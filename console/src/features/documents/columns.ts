/** Which columns of a list a person wants to see. */

/** Those that are left out, by id. Whatever is new is shown: it was never left out. */
export function hiddenOf(text: string | null): ReadonlySet<string> {
  return new Set((text ?? '').split(',').filter((id) => id !== ''));
}

/** One more or one less; the first column names the row and always stays, and so it is never the last that is left. */
export function toggled(hidden: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function visible<Column extends { id: string }>(columns: readonly Column[], hidden: ReadonlySet<string>): Column[] {
  return columns.filter((column, index) => index === 0 || !hidden.has(column.id));
}
