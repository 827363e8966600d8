import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { problemOf } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { Loaded, useSentence } from '../../app/states';
import { duration } from '../../format/time';
import { useLanguage, useT } from '../../i18n';
import { Button, Card, Chip, Empty, Table, Time, toast } from '../../ui';
import { CursorSheet } from './CursorSheet';

/** Lists that the hub reads from partners again and again: how far each got, and how late it is. */
export function Streams({ thresholds, connection }: { thresholds?: Schemas['Thresholds']; connection?: string }) {
  const t = useT();
  const { language } = useLanguage();
  const client = useQueryClient();
  const sentence = useSentence();
  const refusal = useRefusal();
  const refused = refusal('settle_exceptions');
  const [moving, setMoving] = useState<Schemas['Stream'] | null>(null);
  const query = useQuery({
    queryKey: ['ops', 'streams'],
    queryFn: () => take(api.GET('/api/v1/streams')),
    refetchInterval: 10_000,
  });
  const run = useMutation({
    mutationFn: ({ connection: name, stream }: Schemas['Stream']) =>
      take(api.POST('/api/v1/streams/{name}/{stream}/run', { params: { path: { name, stream } } })),
    onSuccess: () => {
      toast({ tone: 'info', text: t('streams.asked') });
      return client.invalidateQueries({ queryKey: ['ops', 'streams'] });
    },
    onError: (error) => toast({ tone: 'bad', text: sentence(problemOf(error)) }),
  });
  return (
    <Card title={t('streams.title')}>
      {moving && <CursorSheet connection={moving.connection} stream={moving.stream} onClose={() => setMoving(null)} />}
      <Loaded query={query} lines={4}>
        {({ items }) => {
          const shown = items.filter((item) => !connection || item.connection === connection);
          if (shown.length === 0) return <Empty title={t('streams.none')} />;
          return (
            <Table
              caption={t('streams.title')}
              heads={[
                t('streams.stream'),
                t('documents.state'),
                t('streams.last'),
                { name: t('streams.lag'), number: true },
                t('streams.due'),
                { name: t('streams.run'), hidden: true },
              ]}
            >
              {shown.map((item) => {
                const late = thresholds && !item.unheard && (item.lag_seconds ?? 0) > thresholds.stream_late_seconds;
                const failing = item.failures > 0;
                return (
                  <tr key={`${item.connection}/${item.stream}`}>
                    <th scope="row">
                      <Link to="/connections/$connection" params={{ connection: item.connection }} search={{ tab: 'streams' }}>
                        {item.connection}
                      </Link>{' '}
                      · {item.stream}
                    </th>
                    <td>
                      <Chip
                        tone={failing ? 'warn' : item.running ? 'info' : item.unheard ? 'plain' : 'ok'}
                        icon={failing ? 'refresh' : item.running ? 'bolt' : item.unheard ? 'pause' : 'check'}
                      >
                        {failing
                          ? t('streams.failing', { count: item.failures })
                          : item.running
                            ? t('streams.running')
                            : item.unheard
                              ? t('streams.unheard')
                              : t('streams.fine')}
                      </Chip>
                      {item.problem && <div className="small wrap">{item.problem}</div>}
                    </td>
                    <td>{item.last_success_at ? <Time at={item.last_success_at} /> : t('streams.never')}</td>
                    <td className={`number${late ? ' bad-text' : ''}`}>
                      {item.lag_seconds === null || item.lag_seconds === undefined
                        ? '–'
                        : duration(item.lag_seconds * 1000, language)}
                    </td>
                    <td>
                      <Time at={item.due_at} />
                    </td>
                    <td>
                      <span className="row">
                        <Button size="small" refused={refused} disabled={run.isPending} onPress={() => run.mutate(item)}>
                          {t('streams.run')}
                        </Button>
                        <Button
                          size="small"
                          refused={refusal('move_cursors', { connection: item.connection })}
                          onPress={() => setMoving(item)}
                        >
                          {t('streams.move')}
                        </Button>
                      </span>
                    </td>
                  </tr>
                );
              })}
            </Table>
          );
        }}
      </Loaded>
    </Card>
  );
}
