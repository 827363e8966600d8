/** Where a stream is to go on from, as somebody types it. */

export type Order = { cursor: Record<string, unknown> | null } | { fault: 'not_json' | 'not_object' | 'same' };

/** From the beginning, or from the cursor that the text says; to move to where it stands already is no order. */
export function orderOf(text: string, fromStart: boolean, now: unknown): Order {
  if (fromStart) return now === null || now === undefined ? { fault: 'same' } : { cursor: null };
  let cursor: unknown;
  try {
    cursor = JSON.parse(text);
  } catch {
    return { fault: 'not_json' };
  }
  if (cursor === null || typeof cursor !== 'object' || Array.isArray(cursor)) return { fault: 'not_object' };
  if (JSON.stringify(cursor) === JSON.stringify(now)) return { fault: 'same' };
  return { cursor: cursor as Record<string, unknown> };
}

export interface CursorChange {
  key: string;
  before: string;
  after: string;
}

/** What an order changes, key by key. */
export function changesOf(now: unknown, next: Record<string, unknown> | null): CursorChange[] {
  const before = now !== null && typeof now === 'object' ? (now as Record<string, unknown>) : {};
  const after = next ?? {};
  const shown = (value: unknown) => (value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((key) => ({ key, before: shown(before[key]), after: shown(after[key]) }))
    .filter((change) => change.before !== change.after);
}
