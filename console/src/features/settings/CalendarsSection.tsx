import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { settingsRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Banner, Card, Chip, Empty, Facts, Select, Table } from '../../ui';
import { titleOf } from '../definitions/titles';
import { useFlowTitle } from './flows';
import { weekdayNames } from './months';
import { YearGrid } from './YearGrid';

export type Calendar = Schemas['CalendarView'];

/** Working calendars in force: a year at a look, with what is not as the week says. */
export function CalendarsSection() {
  const t = useT();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const search = settingsRoute.useSearch();
  const query = useQuery({ queryKey: ['definitions', 'calendars'], queryFn: () => take(api.GET('/api/v1/calendars')) });
  const go = (next: { calendar?: string; year?: string }) =>
    void navigate({ to: '/settings/$section', params: { section: 'calendars' }, search: { ...search, ...next }, replace: true });
  return (
    <Loaded query={query} lines={10}>
      {({ items }) => {
        const calendar = items.find((item) => item.calendar === search.calendar) ?? items[0];
        if (!calendar) return <Empty title={t('calendars.none')} why={t('calendars.none_why')} />;
        const years = yearsOf(calendar);
        const year = years.find((each) => String(each) === search.year) ?? new Date().getFullYear();
        return (
          <div className="stack">
            <div className="filters">
              {items.length > 1 && (
                <Select
                  label={t('calendars.calendar')}
                  value={calendar.calendar}
                  onChange={(next) => go({ calendar: next })}
                  choices={items.map((item) => ({
                    id: item.calendar,
                    name: titleOf({ id: item.calendar, title: item.title }, language),
                  }))}
                />
              )}
              <Select
                label={t('calendars.year')}
                value={String(year)}
                onChange={(next) => go({ year: next })}
                choices={years.map((each) => ({ id: String(each), name: String(each) }))}
              />
            </div>
            <Shown calendar={calendar} year={year} />
          </div>
        );
      }}
    </Loaded>
  );
}

/** The years that a table speaks of, and this one and the next. */
function yearsOf(calendar: Calendar): number[] {
  const now = new Date().getFullYear();
  return [...new Set([now, now + 1, ...calendar.days.map((day) => Number(day.date.slice(0, 4)))])].sort();
}

function Shown({ calendar, year }: { calendar: Calendar; year: number }) {
  const t = useT();
  const { language } = useLanguage();
  const unknown =
    calendar.known_until !== null && calendar.known_until !== undefined && Number(calendar.known_until.slice(0, 4)) < year;
  return (
    <>
      <Card title={`${titleOf({ id: calendar.calendar, title: calendar.title }, language)} · ${year}`}>
        {unknown && <Banner tone="warn">{t('calendars.unknown_year', { year })}</Banner>}
        <div className="row small">
          <span className="legend">
            <i className="day off" /> {t('calendars.off')}
          </span>
          <span className="legend">
            <i className="day holiday" /> {t('calendars.holiday')}
          </span>
          <span className="legend">
            <i className="day work" /> {t('calendars.work')}
          </span>
        </div>
        <YearGrid calendar={calendar} year={year} />
      </Card>
      <div className="columns">
        <About calendar={calendar} />
        <Special calendar={calendar} year={year} />
      </div>
    </>
  );
}

function About({ calendar }: { calendar: Calendar }) {
  const t = useT();
  const { language } = useLanguage();
  const flow = useFlowTitle();
  const names = weekdayNames(language, 'long');
  return (
    <Card title={t('calendars.hours')}>
      <Facts
        rows={[
          ...calendar.week.map((hours, day): [string, string] => [
            names[day] ?? '',
            hours.length > 0 ? hours.join(' · ') : t('calendars.none_hours'),
          ]),
          [t('calendars.work'), calendar.work_day.join(' · ')],
          [t('calendars.zone'), calendar.zone],
          [t('calendars.known_until'), calendar.known_until ?? t('calendars.week_only')],
          [t('calendars.flows'), calendar.flows.length > 0 ? calendar.flows.map(flow).join(' · ') : t('calendars.no_flow')],
        ]}
      />
      <p className="small">
        <Link to="/definitions/$kind/$id" params={{ kind: 'calendar', id: calendar.calendar }}>
          {t('calendars.text')}
        </Link>
      </p>
    </Card>
  );
}

/** The same as the grid, in words. */
function Special({ calendar, year }: { calendar: Calendar; year: number }) {
  const t = useT();
  const days = calendar.days.filter((day) => day.date.startsWith(`${year}-`));
  return (
    <Card title={t('calendars.special')}>
      {days.length === 0 ? (
        <p className="dim">{t('calendars.no_special')}</p>
      ) : (
        <Table caption={t('calendars.special')} heads={[t('calendars.day'), t('calendars.kind'), t('calendars.name')]}>
          {days.map((day) => (
            <tr key={day.date}>
              <th scope="row" className="mono">
                {day.date}
              </th>
              <td>
                {day.works ? <Chip tone="warn">{t('calendars.work')}</Chip> : <Chip tone="ok">{t('calendars.holiday')}</Chip>}
              </td>
              <td>{day.name}</td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}
