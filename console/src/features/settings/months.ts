/** A year as months of weeks. Days are plain dates: no clock and no zone is asked. */
import type { Language } from '../../format/time';

export interface Day {
  date: string;
  number: number;
  /** Monday is 0. */
  weekday: number;
}

export type DayKind = 'workday' | 'off' | 'holiday' | 'work';

/** The weeks of a month, each of seven places from Monday on; places outside the month are empty. */
export function weeksOf(year: number, month: number): (Day | null)[][] {
  const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const places: (Day | null)[] = Array.from({ length: first }, () => null);
  for (let number = 1; number <= length; number += 1) {
    const two = (value: number) => String(value).padStart(2, '0');
    places.push({ date: `${year}-${two(month + 1)}-${two(number)}`, number, weekday: (first + number - 1) % 7 });
  }
  while (places.length % 7 !== 0) places.push(null);
  return Array.from({ length: places.length / 7 }, (_, week) => places.slice(week * 7, week * 7 + 7));
}

/** What a day is: as the week says, unless a table says otherwise. */
export function kindOf(day: Day, week: string[][], special: Map<string, { works: boolean }>): DayKind {
  const said = special.get(day.date);
  if (said) return said.works ? 'work' : 'holiday';
  return (week[day.weekday]?.length ?? 0) > 0 ? 'workday' : 'off';
}

/** Weekdays from Monday on. */
export function weekdayNames(language: Language, style: 'long' | 'short' | 'narrow'): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' });
  // The 5th of January 2026 is a Monday.
  return Array.from({ length: 7 }, (_, day) => format.format(new Date(Date.UTC(2026, 0, 5 + day))));
}

export function monthName(year: number, month: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(year, month, 1)));
}
