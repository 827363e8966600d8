/** How many instances stand at each step. */

interface Standing {
  at_step?: string | null;
  status: string;
}

export interface Count {
  running: number;
  stopped: number;
}

/** The hub names the steps an instance stands at, several for parallel branches. */
export function byStep(instances: Standing[]): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const instance of instances) {
    const steps = new Set((instance.at_step ?? '').match(/[a-z][a-z0-9_]*/g) ?? []);
    for (const step of steps) {
      const count = counts.get(step) ?? { running: 0, stopped: 0 };
      if (instance.status === 'exception') count.stopped += 1;
      else count.running += 1;
      counts.set(step, count);
    }
  }
  return counts;
}
