import { expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import { beside } from './against';

const times = (median: number, count = 2) => ({
  clock: { median_millis: median, p90_millis: median * 2, max_millis: median * 3, count },
});
const insight = (instances: number, median: number, steps: [string, number][]) =>
  ({
    instances,
    straight_through: { count: 1, of: instances },
    rejected: { count: 0, of: instances },
    returned: { count: 0, of: instances },
    total: times(median, instances),
    steps: steps.map(([step, millis]) => ({ step, times: times(millis) })),
  }) as unknown as Schemas['FlowInsight'];

test('two times stand beside each other, the step that changed most first', () => {
  const lines = beside(
    insight(4, 100, [
      ['budget', 10],
      ['lead', 50],
      ['gone', 5],
    ]),
    insight(2, 300, [
      ['budget', 12],
      ['lead', 500],
    ]),
  );
  expect(lines.map(({ name, step, before, now }) => [step ?? name, before, now])).toEqual([
    ['instances', 4, 2],
    ['straight', 25, 50],
    ['rejected', 0, 0],
    ['returned', 0, 0],
    ['median', 100, 300],
    ['p90', 200, 600],
    ['lead', 50, 500],
    ['gone', 5, null],
    ['budget', 10, 12],
  ]);
});

test('of nothing there is no share and no time', () => {
  const [instances, straight, , , median] = beside(insight(0, 0, []), insight(1, 7, []));
  expect(instances).toMatchObject({ before: 0, now: 1 });
  expect(straight?.before).toBeNull();
  expect(median).toMatchObject({ before: null, now: 7 });
});
