/** How many instances stand at each step. */

interface Standing {
  at_step?: string | null;
  status: string;
}

export interface Count {
  running: number;
  stopped: number;
}

/** The steps that an instance stands at: the hub names several for parallel branches. */
export function stepsAt({ at_step }: { at_step?: string | null }): Set<string> {
  return new Set((at_step ?? '').match(/[a-z][a-z0-9_]*/g) ?? []);
}

export function standsAt(instance: { at_step?: string | null }, step: string): boolean {
  return stepsAt(instance).has(step);
}

/** The hub names the steps an instance stands at, several for parallel branches. */
export function byStep(instances: Standing[]): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const instance of instances) {
    for (const step of stepsAt(instance)) {
      const count = counts.get(step) ?? { running: 0, stopped: 0 };
      if (instance.status === 'exception') count.stopped += 1;
      else count.running += 1;
      counts.set(step, count);
    }
  }
  return counts;
}
