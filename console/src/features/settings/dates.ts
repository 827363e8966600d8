/** Days as people mean them: the whole of the first and the whole of the last. */

/** `2026-12-24` of a moment, by the reader's clock. */
export function dayOf(at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The moment at which a day begins by the reader's clock. */
export function beginning(day: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  const at = new Date(year, month - 1, date);
  // The 31st of a month that has thirty days is no day.
  return at.getMonth() === month - 1 && at.getDate() === date ? at : null;
}

/** From the beginning of one day to the end of another, as the hub takes it: the end is not part of it. */
export function span(first: string, last: string): { from: string; until: string } | null {
  const from = beginning(first);
  const end = beginning(last);
  if (!from || !end || end < from) return null;
  const until = new Date(end.getFullYear(), end.getMonth(), end.getDate() + 1);
  return { from: from.toISOString(), until: until.toISOString() };
}
