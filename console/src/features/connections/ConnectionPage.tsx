import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take, takeWithTag } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { connectionRoute } from '../../app/router';
import { Loaded, More, ProblemView } from '../../app/states';
import { grouped } from '../../format/count';
import { bytes, duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, Card, Copy, Empty, Facts, Skeleton, StatusChip, Table, Tabs, Time } from '../../ui';
import { Streams } from '../ops/Streams';
import { SetupTab } from './SetupTab';
import { BreakerSheet, RecoverSheet } from './sheets';
import { TryTab } from './TryTab';

type Health = Schemas['ConnectionHealth'];

export function ConnectionPage() {
  const t = useT();
  const navigate = useNavigate();
  const { connection } = connectionRoute.useParams();
  const { tab } = connectionRoute.useSearch();
  const query = useQuery({
    queryKey: ['connections', 'health', connection],
    queryFn: () =>
      takeWithTag(api.GET('/api/v1/connections/{name}/health', { params: { path: { name: connection } } })) as Promise<{
        data: Health;
        etag: string;
      }>,
    refetchInterval: 5_000,
  });
  return (
    <Loaded query={query} lines={8}>
      {({ data: health, etag }) => (
        <Page
          name={connection}
          title={
            <span className="row">
              {connection} <StatusChip room="connection" state={health.state} />{' '}
              <span className="dim small">{health.connector}</span>
            </span>
          }
          actions={<Actions health={health} etag={etag} />}
        >
          {health.held && (
            <Banner tone="warn">
              <span>
                {t('breaker.held_by', { actor: health.held.actor, reason: health.held.reason })} <Time at={health.held.at} exact />
              </span>
            </Banner>
          )}
          <Tabs
            label={t('connections.tabs')}
            chosen={tab ?? 'health'}
            onChoose={(next) =>
              void navigate({ to: '/connections/$connection', params: { connection }, search: { tab: next }, replace: true })
            }
            entries={[
              { id: 'health', name: t('connections.health'), content: <HealthTab health={health} /> },
              { id: 'webhooks', name: t('connections.webhooks'), content: <Webhooks connection={connection} /> },
              { id: 'try', name: t('connections.try'), content: <TryTab connection={connection} connector={health.connector} /> },
              { id: 'setup', name: t('setup.title'), content: <SetupTab health={health} /> },
              { id: 'streams', name: t('streams.title'), content: <Streams connection={connection} /> },
            ]}
          />
        </Page>
      )}
    </Loaded>
  );
}

function Actions({ health, etag }: { health: Health; etag: string }) {
  const t = useT();
  const refusal = useRefusal();
  const mayHold = refusal('hold_breakers', { connection: health.connection });
  const [open, setOpen] = useState<'open' | 'closed' | 'auto' | 'recover' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      {health.held ? (
        <Button refused={mayHold} onPress={() => setOpen('auto')}>
          {t('breaker.auto')}
        </Button>
      ) : (
        <>
          <Button kind="danger" icon="pause" refused={mayHold} onPress={() => setOpen('open')}>
            {t('breaker.open')}
          </Button>
          <Button refused={mayHold} onPress={() => setOpen('closed')}>
            {t('breaker.closed')}
          </Button>
        </>
      )}
      <Button refused={refusal('run_batches')} onPress={() => setOpen('recover')}>
        {t('recover.title')}
      </Button>
      {open === 'recover' && <RecoverSheet connection={health.connection} onClose={close} />}
      {open !== null && open !== 'recover' && (
        <BreakerSheet connection={health.connection} etag={etag} state={open} onClose={close} />
      )}
    </>
  );
}

function HealthTab({ health }: { health: Health }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  return (
    <div className="columns">
      <Card title={t('connections.last_hour')}>
        <Facts
          rows={[
            [t('connections.calls'), grouped(health.calls, language)],
            [t('connections.errors'), grouped(health.errors, language)],
            [t('connections.p95'), health.p95_millis ? `≤ ${duration(health.p95_millis, language)}` : null],
            [
              t('connections.last'),
              health.last_success_at ? <Time key="last" at={health.last_success_at} /> : t('connections.never'),
            ],
            [
              t('connections.credentials'),
              health.credentials_lapse_at ? <Time key="lapse" at={health.credentials_lapse_at} exact /> : null,
            ],
            [t('streams.unheard'), health.unheard_streams?.join(', ') || null],
          ]}
        />
        <Table
          caption={t('connections.operations')}
          shown
          heads={[t('exceptions.operation'), t('connections.answers'), { name: t('connections.p95'), number: true }]}
        >
          {(health.operations ?? []).map((operation) => (
            <tr key={operation.operation}>
              <th scope="row">
                <code>{operation.operation}</code>
              </th>
              <td>
                <span className="row">
                  {Object.entries(operation.calls).map(([name, count]) => (
                    <StatusChip key={name} room="class" state={name} words={`${word('class', name)} ${grouped(count, language)}`} />
                  ))}
                </span>
              </td>
              <td className="number">{operation.p95_millis ? `≤ ${duration(operation.p95_millis, language)}` : '–'}</td>
            </tr>
          ))}
        </Table>
      </Card>
      <Card title={t('connections.lines')}>
        {health.lines.length === 0 && <Empty title={t('connections.no_lines')} />}
        {health.lines.map((line) => (
          <div key={line.process ?? 'one'} className="stack tight">
            <div className="row">
              <StatusChip room="breaker" state={line.breaker} />
              {line.process && <code className="small">{line.process.slice(-12)}</code>}
            </div>
            <div className="row">
              <meter min={0} max={Math.max(1, line.places)} value={line.in_use} aria-label={t('connections.places')} />
              <span>{t('connections.in_use', { used: line.in_use, places: line.places })}</span>
            </div>
            <Facts
              rows={[
                [t('connections.waiting'), String(line.waiting)],
                [
                  t('connections.rates'),
                  (line.rates as [number, number][])
                    .map(([count, millis]) => t('connections.rate', { count, per: duration(millis, language) }))
                    .join(' · '),
                ],
                [t('connections.paused'), line.paused_millis > 0 ? duration(line.paused_millis, language) : null],
                [t('connections.held_back'), line.held_millis > 0 ? duration(line.held_millis, language) : null],
              ]}
            />
          </div>
        ))}
      </Card>
      <Card title={t('breaker.history')}>
        {(health.breaker_history ?? []).length === 0 ? (
          <p className="dim">{t('breaker.no_history')}</p>
        ) : (
          <ol className="stack tight">
            {(health.breaker_history ?? []).map((line) => (
              <li key={`${line.at}-${line.state}-${line.process}`} className="row">
                <StatusChip room="breaker" state={line.state} />
                <Time at={line.at} exact seconds />
                <span className="dim">{[line.actor, line.reason].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ol>
        )}
      </Card>
    </div>
  );
}

function Webhooks({ connection }: { connection: string }) {
  const t = useT();
  const word = useWord();
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: () => take(api.GET('/api/v1/connections')),
    staleTime: 60_000,
  });
  const list = useInfiniteQuery({
    queryKey: ['connections', 'receipts', connection],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/connections/{name}/receipts', {
          params: { path: { name: connection }, query: { limit: 50, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 10_000,
  });
  const hooks = connections.data?.items.find((item) => item.connection === connection)?.webhooks ?? {};
  if (list.isPending) return <Skeleton />;
  if (list.isError && !list.data) return <ProblemView error={list.error} onAgain={() => void list.refetch()} />;
  const items = list.data.pages.flatMap((page) => page.items);
  return (
    <div className="stack">
      <Card title={t('webhooks.addresses')}>
        {Object.keys(hooks).length === 0 ? (
          <p className="dim">{t('webhooks.none')}</p>
        ) : (
          <Facts
            rows={Object.entries(hooks).map(([name, id]): [string, React.ReactNode] => [
              name,
              <Copy key={name} text={`${location.origin}${id.startsWith('/') ? id : `/hooks/${id}`}`} />,
            ])}
          />
        )}
      </Card>
      <Card title={t('webhooks.receipts')}>
        {items.length === 0 ? (
          <Empty title={t('webhooks.no_receipts')} why={t('webhooks.no_receipts_why')} />
        ) : (
          <Table
            caption={t('webhooks.receipts')}
            heads={[
              t('webhooks.at'),
              t('webhooks.webhook'),
              t('webhooks.verdict'),
              t('webhooks.answered'),
              { name: t('webhooks.size'), number: true },
            ]}
          >
            {items.map((item) => (
              <tr key={item.id}>
                <td>
                  <Time at={item.at} exact seconds />
                </td>
                <th scope="row">{item.webhook}</th>
                <td>
                  {item.verdict in { valid: 1, unheard: 1, challenge: 1 } ? (
                    <StatusChip room="verdict" state={item.verdict} />
                  ) : (
                    <StatusChip room="exception" state="open" words={word('verdict', item.verdict)} />
                  )}
                </td>
                <td>HTTP {item.status}</td>
                <td className="number">{bytes(item.bytes)}</td>
              </tr>
            ))}
          </Table>
        )}
        <More list={list} />
      </Card>
    </div>
  );
}
