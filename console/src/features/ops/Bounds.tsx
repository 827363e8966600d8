import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { useCount } from '../../app/count';
import { Loaded } from '../../app/states';
import { bytes, duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Card, Chip, Empty, Facts, Table, Time } from '../../ui';

/** Timers that are shown; the instance of each is asked for. */
const SHOWN = 10;

/** The timers that are due next, each with the document that it wakes. */
export function Timers() {
  const t = useT();
  const query = useQuery({
    queryKey: ['timers'],
    queryFn: () => take(api.GET('/api/v1/timers', { params: { query: { limit: SHOWN } } })),
    refetchInterval: 15_000,
  });
  const ids = [...new Set((query.data?.items ?? []).map((timer) => timer.instance))];
  const instances = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['timers', id],
      queryFn: () => take(api.GET('/api/v1/instances/{id}', { params: { path: { id } } })),
      staleTime: 60_000,
    })),
  });
  return (
    <section id="timers" aria-label={t('ops.timers')}>
      <Card title={t('ops.timers')}>
        <Loaded query={query} lines={3}>
          {({ count, items }) =>
            items.length === 0 ? (
              <Empty title={t('ops.no_timer')} />
            ) : (
              <>
                <Table caption={t('ops.timers')} heads={[t('exceptions.document'), t('cause.step'), t('streams.due')]}>
                  {items.map((timer) => {
                    const of = instances[ids.indexOf(timer.instance)]?.data;
                    return (
                      <tr key={`${timer.instance}-${timer.number}`}>
                        <th scope="row">
                          {of ? (
                            <Link to="/docs/$doc" params={{ doc: of.document }} search={{ instance: of.id }} className="mono">
                              {of.document_key ?? of.document}
                            </Link>
                          ) : (
                            <code className="small">{timer.instance}</code>
                          )}
                        </th>
                        <td>{of?.at_step && <code>{of.at_step}</code>}</td>
                        <td>
                          <Time at={timer.due_at} exact seconds />
                        </td>
                      </tr>
                    );
                  })}
                </Table>
                {count > items.length && <p className="dim small">{t('ops.next_timers', { shown: items.length, count })}</p>}
              </>
            )
          }
        </Loaded>
      </Card>
    </section>
  );
}

/** How much of what it may take the tenant has taken. */
export function Quotas() {
  const t = useT();
  const number = useCount();
  const word = useWord();
  const query = useQuery({
    queryKey: ['quotas'],
    queryFn: () => take(api.GET('/api/v1/quotas')),
    refetchInterval: 15_000,
  });
  return (
    <Card title={t('ops.quotas')}>
      <Loaded query={query} lines={3}>
        {({ items, requests_per_second: rate }) => (
          <>
            <Table
              caption={t('ops.quotas')}
              heads={[
                t('ops.quota'),
                { name: t('ops.used'), number: true },
                { name: t('ops.limit'), number: true },
                t('documents.state'),
              ]}
            >
              {items.map((item) => {
                const shown = (value: number) => (item.quota.includes('bytes') ? bytes(value) : number(value));
                return (
                  <tr key={item.quota}>
                    <th scope="row">{word('quota', item.quota)}</th>
                    <td className="number">{typeof item.used === 'number' ? shown(item.used) : '–'}</td>
                    <td className="number">{typeof item.limit === 'number' ? shown(item.limit) : t('ops.no_limit')}</td>
                    <td>
                      {item.reached ? (
                        <Chip tone="bad" icon="alert">
                          {t('ops.reached')}
                        </Chip>
                      ) : (
                        <Chip tone="ok" icon="check">
                          {t('ops.within')}
                        </Chip>
                      )}
                    </td>
                  </tr>
                );
              })}
            </Table>
            <p className="dim small">{typeof rate === 'number' ? t('ops.rate', { rate }) : t('ops.any_rate')}</p>
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** From when on a figure of this page is red. */
export function Thresholds({ thresholds }: { thresholds: Schemas['Thresholds'] }) {
  const t = useT();
  const number = useCount();
  const { language } = useLanguage();
  return (
    <Card title={t('ops.thresholds')}>
      <Facts
        rows={[
          [t('ops.oldest'), duration(thresholds.oldest_ready_millis, language)],
          [t('ops.error_share'), `${thresholds.error_percent}%`],
          [t('streams.lag'), duration(thresholds.stream_late_seconds * 1000, language)],
          [t('ops.stream_failures'), number(thresholds.stream_failures)],
        ]}
      />
    </Card>
  );
}
