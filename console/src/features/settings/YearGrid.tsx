import { useLanguage, useT } from '../../i18n';
import type { Calendar } from './CalendarsSection';
import { dayOf } from './dates';
import { type DayKind, kindOf, monthName, weekdayNames, weeksOf } from './months';

/** Twelve months; colour is never alone: what is not as the week says is in the title too, and in the list below. */
export function YearGrid({ calendar, year }: { calendar: Calendar; year: number }) {
  const { language } = useLanguage();
  const special = new Map(calendar.days.map((day) => [day.date, day]));
  const names = weekdayNames(language, 'narrow');
  const whole = weekdayNames(language, 'long');
  const today = dayOf(new Date());
  return (
    <div className="year">
      {Array.from({ length: 12 }, (_, month) => {
        const name = monthName(year, month, language);
        return (
          <table key={name} className="month">
            <caption>{name}</caption>
            <thead>
              <tr>
                {names.map((weekday, index) => (
                  <th key={whole[index]} scope="col" abbr={whole[index]}>
                    {weekday}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeksOf(year, month).map((week) => (
                <tr key={week.find(Boolean)?.date}>
                  {week.map((day, index) =>
                    day ? (
                      <DayCell
                        key={day.date}
                        number={day.number}
                        kind={kindOf(day, calendar.week, special)}
                        name={special.get(day.date)?.name ?? null}
                        today={day.date === today}
                      />
                    ) : (
                      // biome-ignore lint/suspicious/noArrayIndexKey: an empty place has no other name than its weekday
                      <td key={index} />
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}

function DayCell({ number, kind, name, today }: { number: number; kind: DayKind; name: string | null; today: boolean }) {
  const t = useT();
  const said = kind === 'holiday' ? t('calendars.holiday') : kind === 'work' ? t('calendars.work') : null;
  return (
    <td className={`day ${kind}${today ? ' today' : ''}`} title={said ? [said, name].filter(Boolean).join(' · ') : undefined}>
      {number}
      {said && <span className="hidden-text"> {said}</span>}
    </td>
  );
}
