import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Button, StatusChip, Table, Time } from '../../ui';
import { Names } from './Names';

type Reading = Schemas['ReadingItem'];

/** Readings shown before somebody asks for all that are remembered. */
const SHOWN = 5;

/** What the newest readings of a system brought. */
export function Readings({ connection, readings }: { connection: string; readings: Reading[] }) {
  const t = useT();
  const [all, setAll] = useState(false);
  if (readings.length === 0) return null;
  const shown = all ? readings : readings.slice(0, SHOWN);
  return (
    <div className="stack tight">
      <Table
        caption={t('organisation.readings', { connection })}
        shown
        heads={[
          t('organisation.at'),
          t('documents.state'),
          { name: t('organisation.people'), number: true },
          t('organisation.came'),
          t('organisation.went'),
        ]}
      >
        {shown.map((reading) => (
          <tr key={`${reading.since}-${reading.outcome}`}>
            <th scope="row">
              <Time at={reading.at} />
              {reading.times > 1 && (
                <div className="dim small">
                  {t('organisation.alike', { times: reading.times })} <Time at={reading.since} exact />
                </div>
              )}
            </th>
            <td>
              <StatusChip room="reading" state={reading.outcome} />
              {reading.problem && (
                <div className="dim small wrap" lang="en">
                  {reading.problem}
                </div>
              )}
            </td>
            <td className="number">{reading.people}</td>
            <td>
              <News people={reading.came} total={reading.came_total} />
            </td>
            <td>
              <News people={reading.went} total={reading.went_total} />
            </td>
          </tr>
        ))}
      </Table>
      {readings.length > SHOWN && (
        <div className="row">
          <Button size="small" kind="quiet" expanded={all} onPress={() => setAll(!all)}>
            {t(all ? 'organisation.fewer' : 'organisation.all', { count: readings.length })}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A few by name at once; of many the number first. */
function News({ people, total }: { people: Schemas['NamedPerson'][]; total: number }) {
  const t = useT();
  if (total === 0) return <span className="dim">{t('organisation.nobody')}</span>;
  if (total <= 3) return <Names people={people} total={total} />;
  return (
    <details>
      <summary>{t('organisation.several', { count: total })}</summary>
      <Names people={people} total={total} />
    </details>
  );
}
