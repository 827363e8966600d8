/** Ranges that a page of figures may show: whole days back from now, as the address says it. */
export const RANGES = ['1', '7', '30', '90', '365'] as const;
const DAY = 86_400_000;

/** Days of a range; thirty where the address says something else. */
export function daysOf(range: string | undefined): number {
  return RANGES.find((known) => known === range) ? Number(range) : 30;
}

/**
 * The last days, or as many before those; on full minutes, so that looking again within one asks for the same. What goes on has no
 * end: whatever began until the hub is asked counts.
 */
export function spanOf(days: number, now: Date, before = false): { since: string; until?: string } {
  const start = now.getTime() - days * DAY;
  const at = (millis: number) => new Date(millis - (millis % 60_000)).toISOString();
  return before ? { since: at(start - days * DAY), until: at(start) } : { since: at(start) };
}

/** `37.5%`; of nothing there is no share. */
export function percent({ count, of }: { count: number; of: number }): string {
  if (of === 0) return '–';
  const share = (count / of) * 100;
  return `${share >= 10 || share === 0 ? Math.round(share) : share.toFixed(1)}%`;
}
