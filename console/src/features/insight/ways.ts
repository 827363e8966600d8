/** Which ways a figure is about, as the address says it: what leads from a number to the documents behind it. */
import type { Schemas } from '../../api/client';

type Path = Pick<Schemas['PathInsight'], 'steps' | 'count' | 'outcomes' | 'stopped' | 'by_hand'>;

const PLAIN = ['straight', 'rejected', 'returned', 'stopped'] as const;
const OF = ['outcome', 'step', 'again', 'stood'] as const;

export interface Only {
  kind: (typeof PLAIN)[number] | (typeof OF)[number];
  /** The outcome or the step. */
  of?: string;
}

/** `returned`, `outcome:approved`, `step:oa`; null where the address says nothing that is known. */
export function onlyOf(text: string | undefined): Only | null {
  const [kind, of] = (text ?? '').split(/:(.*)/s);
  const plain = PLAIN.find((known) => known === kind);
  if (plain && of === undefined) return { kind: plain };
  const named = OF.find((known) => known === kind);
  return named && of ? { kind: named, of } : null;
}

/** Whether a way has documents that the figure counts. */
export function fits(path: Path, only: Only | null): boolean {
  const visits = (step: string | undefined) => path.steps.find((each) => each.step === step)?.visits ?? 0;
  switch (only?.kind) {
    case undefined:
      return true;
    case 'straight':
      return path.stopped < path.count && path.by_hand < path.count && path.steps.every((step) => step.visits === 1);
    case 'rejected':
      return (path.outcomes.rejected ?? 0) > 0;
    case 'returned':
      return path.steps.some((step) => step.visits > 1);
    case 'stopped':
      return path.stopped > 0;
    case 'outcome':
      return (path.outcomes[only?.of ?? ''] ?? 0) > 0;
    case 'step':
      return visits(only?.of) > 0;
    case 'again':
      return visits(only?.of) > 1;
    case 'stood':
      return path.stopped > 0 && visits(only?.of) > 0;
  }
}

/** What the lists of documents and exceptions are asked for, so that they show the time that was measured. */
export function timeOf(insight: Pick<Schemas['FlowInsight'], 'since' | 'until'>): { since: string; until: string } {
  return { since: insight.since, until: insight.until };
}

/** Who is waited for at a step, the most asked first: open tasks of its instances. */
export function waitedFor(
  tasks: readonly { step: string; kind: string; person: string; person_name: string; state: string; ended?: string | null }[],
  step: string,
): { person: string; name: string; count: number }[] {
  const counts = new Map<string, { person: string; name: string; count: number }>();
  for (const task of tasks) {
    // Whoever only gets a copy, or whose turn has not come yet, is not waited for.
    if (task.step !== step || task.ended || task.state === 'waiting' || task.kind === 'copy') continue;
    const known = counts.get(task.person) ?? { person: task.person, name: task.person_name || task.person, count: 0 };
    known.count += 1;
    counts.set(task.person, known);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}
