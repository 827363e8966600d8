/** The figures of a time beside those of the time before it. */
import type { Schemas } from '../../api/client';

type Insight = Schemas['FlowInsight'];

export interface Beside {
  /** What is measured; of a step its id. */
  name: 'instances' | 'straight' | 'rejected' | 'returned' | 'median' | 'p90' | 'step';
  step?: string;
  unit: 'count' | 'percent' | 'millis';
  /** Null where nothing was measured, so that there is nothing to compare. */
  before: number | null;
  now: number | null;
}

/** The whole flow first, then its steps by how much longer or shorter they take, in the order of the flow where that is the same. */
export function beside(before: Insight, now: Insight): Beside[] {
  const share = ({ count, of }: Schemas['ShareView']) => (of === 0 ? null : (count / of) * 100);
  const spread = ({ clock }: Schemas['TimesView'], key: 'median_millis' | 'p90_millis') => (clock.count === 0 ? null : clock[key]);
  const both = (name: Beside['name'], unit: Beside['unit'], of: (insight: Insight) => number | null): Beside => ({
    name,
    unit,
    before: of(before),
    now: of(now),
  });
  const steps = [...now.steps, ...before.steps.filter((old) => !now.steps.some((step) => step.step === old.step))];
  const median = (insight: Insight, id: string) => {
    const step = insight.steps.find((each) => each.step === id);
    return step ? spread(step.times, 'median_millis') : null;
  };
  const change = (line: Beside) => Math.abs((line.now ?? 0) - (line.before ?? 0));
  return [
    both('instances', 'count', (insight) => insight.instances),
    both('straight', 'percent', (insight) => share(insight.straight_through)),
    both('rejected', 'percent', (insight) => share(insight.rejected)),
    both('returned', 'percent', (insight) => share(insight.returned)),
    both('median', 'millis', (insight) => spread(insight.total, 'median_millis')),
    both('p90', 'millis', (insight) => spread(insight.total, 'p90_millis')),
    ...steps
      .map(({ step }): Beside => ({ name: 'step', step, unit: 'millis', before: median(before, step), now: median(now, step) }))
      .filter((line) => line.before !== null || line.now !== null)
      .sort((a, b) => change(b) - change(a)),
  ];
}
