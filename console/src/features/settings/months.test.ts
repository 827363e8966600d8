import { expect, test } from 'vitest';
import { kindOf, weekdayNames, weeksOf } from './months';

test('a month begins on its weekday and has all its days once', () => {
  // The 1st of October 2026 is a Thursday.
  const weeks = weeksOf(2026, 9);
  expect(weeks[0]?.map((day) => day?.number ?? 0)).toEqual([0, 0, 0, 1, 2, 3, 4]);
  expect(weeks.flat().filter(Boolean)).toHaveLength(31);
  expect(weeks.every((week) => week.length === 7)).toBe(true);
  expect(weeksOf(2028, 1).flat().filter(Boolean)).toHaveLength(29);
  // June 2026 begins on a Monday: no empty week before it.
  expect(weeksOf(2026, 5)[0]?.[0]?.date).toBe('2026-06-01');
});

test('a table stands above the week', () => {
  const week = [['09:00-18:00'], ['09:00-18:00'], ['09:00-18:00'], ['09:00-18:00'], ['09:00-18:00'], [], []];
  const special = new Map([
    ['2026-10-01', { works: false }],
    ['2026-10-10', { works: true }],
  ]);
  const kind = (date: string) => {
    const day = weeksOf(2026, 9)
      .flat()
      .find((each) => each?.date === date);
    return day && kindOf(day, week, special);
  };
  expect(['2026-10-01', '2026-10-10', '2026-10-11', '2026-10-12'].map(kind)).toEqual(['holiday', 'work', 'off', 'workday']);
});

test('weekdays begin with Monday in both languages', () => {
  expect(weekdayNames('en', 'long')[0]).toBe('Monday');
  expect(weekdayNames('zh-CN', 'long')[6]).toBe('星期日');
});
