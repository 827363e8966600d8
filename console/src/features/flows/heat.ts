/** Figures of steps as heat on the picture: how each step compares with the others. The figure itself stands on the card too. */
import type { Schemas } from '../../api/client';

export const METRICS = ['median', 'p90', 'stops', 'repeated'] as const;
export type Metric = (typeof METRICS)[number];

/** Steps of the ramp, the coolest first. */
export const LEVELS = 5;

export interface Heat {
  value: number;
  /** From 0 to `LEVELS - 1`. */
  level: number;
}

/** By step; those that nobody came to are left out. */
export function heatOf(steps: Schemas['StepInsight'][], metric: Metric): Map<string, Heat> {
  const visited = steps.filter((step) => step.visits > 0);
  const most = Math.max(0, ...visited.map((step) => figureOf(step, metric)));
  return new Map(
    visited.map((step) => {
      const value = figureOf(step, metric);
      // A step that shows nothing of it stays cool, however little the others show.
      const share = most === 0 ? 0 : value / most;
      return [step.step, { value, level: Math.min(LEVELS - 1, Math.ceil(share * (LEVELS - 1))) }];
    }),
  );
}

function figureOf(step: Schemas['StepInsight'], metric: Metric): number {
  if (metric === 'stops') return step.stopped;
  if (metric === 'repeated') return step.repeated;
  return metric === 'median' ? step.times.clock.median_millis : step.times.clock.p90_millis;
}
