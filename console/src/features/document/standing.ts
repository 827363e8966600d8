/** How a system stands to ours, as far as it is known: not knowing is no standing of its own. */

export interface Compared {
  differs_since?: string | null;
  in_step_since?: string | null;
}

export type Standing = 'closed' | 'reading' | 'not_read' | 'differs' | 'in_step' | 'never';

/** `read`: whether the comparisons have been read, are being read, or could not be. */
export function standingOf(
  read: { isPending: boolean; data?: unknown },
  compared: Compared | undefined,
  closed: boolean,
): Standing {
  if (closed) return 'closed';
  if (read.data === undefined) return read.isPending ? 'reading' : 'not_read';
  if (compared?.differs_since) return 'differs';
  return compared?.in_step_since ? 'in_step' : 'never';
}
