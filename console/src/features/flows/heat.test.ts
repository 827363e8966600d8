import { expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import { heatOf, LEVELS } from './heat';

const step = (id: string, median: number, more: object = {}) =>
  ({
    step: id,
    visits: 2,
    stopped: 0,
    repeated: 0,
    times: { clock: { median_millis: median, p90_millis: median * 2, max_millis: median * 3, count: 2 } },
    ...more,
  }) as unknown as Schemas['StepInsight'];

test('the slowest step is the hottest, and each keeps its own figure', () => {
  const heat = heatOf([step('fast', 0), step('some', 30), step('slow', 100)], 'median');
  expect([...heat].map(([id, { value, level }]) => [id, value, level])).toEqual([
    ['fast', 0, 0],
    ['some', 30, 2],
    ['slow', 100, LEVELS - 1],
  ]);
  expect(heatOf([step('slow', 100)], 'p90').get('slow')?.value).toBe(200);
});

test('where nothing stopped nothing is hot, and a step that nobody came to has no figure', () => {
  const heat = heatOf([step('a', 5), step('b', 5, { visits: 0 })], 'stops');
  expect([...heat]).toEqual([['a', { value: 0, level: 0 }]]);
});
