import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { grouped } from '../../format/count';
import { duration } from '../../format/time';
import { useLanguage, useT } from '../../i18n';
import { Card, Empty, Sparkline, StatusChip, Table, Time } from '../../ui';
import { spread } from './series';

const LOOK_MS = 10_000;

/** Every connection in a row: how it does, and what it has done in the last hour. */
export function HealthTable() {
  const t = useT();
  const { language } = useLanguage();
  const query = useQuery({
    queryKey: ['connections', 'health'],
    queryFn: () => take(api.GET('/api/v1/connections/health')),
    refetchInterval: LOOK_MS,
  });
  const series = useQuery({
    queryKey: ['series', 'calls'],
    queryFn: () => take(api.GET('/api/v1/metrics/series', { params: { query: { series: 'calls' } } })),
    refetchInterval: 60_000,
  });
  return (
    <Card title={t('connections.title')}>
      <Loaded query={query} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('connections.none')} why={t('connections.none_why')} />
          ) : (
            <Table
              caption={t('connections.title')}
              heads={[
                t('connections.connection'),
                t('documents.state'),
                { name: t('connections.calls'), number: true },
                { name: t('connections.errors'), number: true },
                t('connections.per_minute'),
                { name: t('connections.p95'), number: true },
                t('connections.places'),
                { name: t('connections.waiting'), number: true },
                t('connections.last'),
              ]}
            >
              {items.map((item) => {
                const points = spread(series.data?.items ?? [], item.connection, new Date());
                return (
                  <tr key={item.connection}>
                    <th scope="row">
                      <Link to="/connections/$connection" params={{ connection: item.connection }}>
                        {item.connection}
                      </Link>
                      <div className="dim small">
                        {item.connector}
                        {item.environment && ` · ${item.environment}`}
                      </div>
                    </th>
                    <td>
                      <StatusChip room="connection" state={item.state} />
                    </td>
                    <td className="number">{grouped(item.calls, language)}</td>
                    <td className="number">
                      {item.calls > 0
                        ? `${grouped(item.errors, language)} · ${Math.round((item.errors / item.calls) * 100)}%`
                        : '0'}
                    </td>
                    <td>
                      <Sparkline
                        values={points}
                        label={t('connections.spark', {
                          connection: item.connection,
                          sum: points.reduce((sum, value) => sum + value, 0),
                          top: Math.max(0, ...points),
                        })}
                      />
                    </td>
                    <td className="number">{item.p95_millis ? `≤ ${duration(item.p95_millis, language)}` : '–'}</td>
                    <td>
                      {item.lines.map((line) => (
                        <div key={line.process ?? 'one'}>
                          {line.in_use}/{line.places}
                        </div>
                      ))}
                    </td>
                    <td className="number">{item.lines.reduce((sum, line) => sum + line.waiting, 0)}</td>
                    <td>{item.last_success_at ? <Time at={item.last_success_at} /> : t('connections.never')}</td>
                  </tr>
                );
              })}
            </Table>
          )
        }
      </Loaded>
    </Card>
  );
}
