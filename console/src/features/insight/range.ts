/** Ranges that a page of figures may show: whole days back from now, as the address says it. */
export const RANGES = ['1', '7', '30', '90', '365'] as const;
const DAY = 86_400_000;

/** Days of a range; thirty where the address says something else. */
export function daysOf(range: string | undefined): number {
  return RANGES.find((known) => known === range) ? Number(range) : 30;
}

/** The beginning of a range, on a full minute, so that looking again within it asks for the same. */
export function sinceOf(range: string | undefined, now: Date): string {
  const at = now.getTime() - daysOf(range) * DAY;
  return new Date(at - (at % 60_000)).toISOString();
}

/** `37.5%`; of nothing there is no share. */
export function percent({ count, of }: { count: number; of: number }): string {
  if (of === 0) return '–';
  const share = (count / of) * 100;
  return `${share >= 10 || share === 0 ? Math.round(share) : share.toFixed(1)}%`;
}
