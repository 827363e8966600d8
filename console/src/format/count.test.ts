import { expect, test } from 'vitest';
import { grouped } from './count';

test('digits are grouped, small numbers stay as they are', () => {
  expect([grouped(1_234_567, 'en'), grouped(1_234_567, 'zh-CN'), grouped(12, 'en'), grouped(0, 'zh-CN')]).toEqual([
    '1,234,567',
    '1,234,567',
    '12',
    '0',
  ]);
});
