/** When a list asks for its next page. A page that failed is not asked for at once again, and not for ever. */

/** Pauses before a page that failed is asked for again by itself; afterwards a person says when. */
export const PAUSES_MS = [2_000, 8_000, 30_000] as const;

export interface Standing {
  has: boolean;
  loading: boolean;
  /** Whether the end of what is there is in sight. */
  near: boolean;
  /** How often asking has failed in a row. */
  failures: number;
  /** Whether it may be better the next time; a refusal will not. */
  passing: boolean;
}

/** In how many milliseconds to ask; null when not to. */
export function askIn({ has, loading, near, failures, passing }: Standing): number | null {
  if (!has || loading || !near) return null;
  if (failures === 0) return 0;
  return passing ? (PAUSES_MS[failures - 1] ?? null) : null;
}
