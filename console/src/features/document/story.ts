/** A story as it is drawn: repeats of one thing folded into a line, long silences made a break. */

interface Happened {
  at: string;
  kind: string;
  step?: string | null;
  visit?: number | null;
  words: { en: string };
}

export interface Told<Entry> {
  key: string;
  entry: Entry;
  /** How often it happened in a row, and when last. */
  times: number;
  last: string;
  /** Milliseconds of silence before it, when they are worth a word. */
  gap: number | null;
}

/** Share of the whole span from which a silence is drawn as a break. */
const GAP_SHARE = 0.1;
/** A silence shorter than this never is: a story of two seconds has no breaks. */
const GAP_MIN_MS = 60_000;

export function fold<Entry extends Happened>(entries: Entry[]): Told<Entry>[] {
  const told: Told<Entry>[] = [];
  const first = entries[0];
  const end = entries.at(-1);
  if (!first || !end) return told;
  const span = time(end.at) - time(first.at);
  for (const [index, entry] of entries.entries()) {
    const before = told.at(-1);
    if (before && same(before.entry, entry)) {
      before.times += 1;
      before.last = entry.at;
      continue;
    }
    const silence = before ? time(entry.at) - time(before.last) : 0;
    told.push({
      key: `${entry.at}-${index}`,
      entry,
      times: 1,
      last: entry.at,
      gap: silence >= Math.max(GAP_MIN_MS, span * GAP_SHARE) ? silence : null,
    });
  }
  return told;
}

function same(a: Happened, b: Happened): boolean {
  return a.kind === b.kind && a.step === b.step && a.visit === b.visit && a.words.en === b.words.en;
}

function time(at: string): number {
  return new Date(at).getTime();
}
