import { expect, test } from 'vitest';
import { spread } from './series';

test('classes of one minute add up, gaps are zero, and what is older is left out', () => {
  const now = new Date('2026-11-29T06:10:30Z');
  const values = spread(
    [
      { at: '2026-11-29T06:10:00Z', connection: 'erp', value: 3 },
      { at: '2026-11-29T06:10:00Z', connection: 'erp', value: 2 },
      { at: '2026-11-29T06:08:00Z', connection: 'erp', value: 1 },
      { at: '2026-11-29T06:08:00Z', connection: 'oa', value: 9 },
      { at: '2026-11-29T04:00:00Z', connection: 'erp', value: 9 },
    ],
    'erp',
    now,
  );
  expect(values).toHaveLength(60);
  expect(values.slice(-4)).toEqual([0, 1, 0, 5]);
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(6);
});
