import type { Schemas } from '../../api/client';
import { duration } from '../../format/time';
import { useLanguage, useT } from '../../i18n';
import { Table } from '../../ui';

/** Median, nine of ten and the longest, by the clock and in working time. */
export function TimesTable({ times }: { times: Schemas['TimesView'] }) {
  const t = useT();
  return (
    <Table
      caption={t('insight.times')}
      heads={[
        t('insight.measured'),
        { name: t('insight.median'), number: true },
        { name: t('insight.p90'), number: true },
        { name: t('insight.max'), number: true },
      ]}
    >
      <Row name={t('insight.clock')} spread={times.clock} />
      {times.working && <Row name={t('insight.working')} spread={times.working} />}
    </Table>
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
