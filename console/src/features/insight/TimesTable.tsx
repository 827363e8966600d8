import type { Schemas } from '../../api/client';
import { duration } from '../../format/time';
import { useLanguage, useT } from '../../i18n';

/** Median, nine of ten and the longest, by the clock and in working time. */
export function TimesTable({ times }: { times: Schemas['TimesView'] }) {
  const t = useT();
  return (
    <div className="scroll" role="group" tabIndex={0} aria-label={t('insight.times')}>
      <table className="table">
        <caption className="hidden-text">{t('insight.times')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('insight.measured')}</th>
            <th scope="col" className="number">
              {t('insight.median')}
            </th>
            <th scope="col" className="number">
              {t('insight.p90')}
            </th>
            <th scope="col" className="number">
              {t('insight.max')}
            </th>
          </tr>
        </thead>
        <tbody>
          <Row name={t('insight.clock')} spread={times.clock} />
          {times.working && <Row name={t('insight.working')} spread={times.working} />}
        </tbody>
      </table>
    </div>
  );
}

function Row({ name, spread }: { name: string; spread: Schemas['SpreadView'] }) {
  const { language } = useLanguage();
  const shown = (millis: number) => (spread.count === 0 ? '–' : duration(millis, language));
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{shown(spread.median_millis)}</td>
      <td className="number">{shown(spread.p90_millis)}</td>
      <td className="number">{shown(spread.max_millis)}</td>
    </tr>
  );
}
