import { expect, test } from 'vitest';
import { bytes, duration, relative, shortTime } from './time';

const NOW = new Date('2026-11-29T06:00:00Z');

test('a time of this year is short, in the zone that is asked for', () => {
  expect(shortTime('2026-11-19T06:02:03Z', NOW, { zone: 'Asia/Shanghai' })).toBe('11-19 14:02');
  expect(shortTime('2026-11-19T06:02:03Z', NOW, { zone: 'UTC', seconds: true })).toBe('11-19 06:02:03');
  expect(shortTime('2025-12-31T23:30:00Z', NOW, { zone: 'UTC' })).toBe('2025-12-31 23:30');
  // Already the new year over there, and midnight is 00, not 24.
  expect(shortTime('2025-12-31T16:00:00Z', NOW, { zone: 'Asia/Shanghai' })).toBe('01-01 00:00');
  expect(shortTime('not a time', NOW)).toBe('not a time');
});

test('relative times end after a day', () => {
  expect(relative('2026-11-29T05:57:00Z', NOW, 'en')).toBe('3 min. ago');
  expect(relative('2026-11-29T05:57:00Z', NOW, 'zh-CN')).toBe('3分钟前');
  expect(relative('2026-11-29T08:00:00Z', NOW, 'en')).toBe('in 2 hr.');
  expect(relative('2026-11-28T05:00:00Z', NOW, 'en')).toBeNull();
});

test('durations show their two largest units', () => {
  const rows: [number, string, string][] = [
    [0, '0 ms', '0毫秒'],
    [350, '350 ms', '350毫秒'],
    [1500, '1.5 s', '1.5秒'],
    [59_999, '59 s', '59秒'],
    [61_000, '1 min 1 s', '1分1秒'],
    [3_600_000, '1 h', '1时'],
    [100_800_000, '1 d 4 h', '1天4时'],
  ];
  for (const [millis, en, zh] of rows) {
    expect(duration(millis, 'en')).toBe(en);
    expect(duration(millis, 'zh-CN')).toBe(zh);
  }
});

test('sizes', () => {
  expect([bytes(0), bytes(1023), bytes(1536), bytes(10 * 1024 * 1024)]).toEqual(['0 B', '1023 B', '1.5 KiB', '10 MiB']);
});
