import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { useCount } from '../../app/count';
import { Page } from '../../app/Page';
import { Loaded } from '../../app/states';
import { bytes, duration } from '../../format/time';
import { type Key, useLanguage, useT, useWord } from '../../i18n';
import { Age, Card, Chip, Facts, Table, Time } from '../../ui';
import { HealthTable } from '../connections/HealthTable';
import { Quotas, Thresholds, Timers } from './Bounds';
import { Streams } from './Streams';

const LOOK_MS = 5_000;

/** One screen for those who run the hub: red things first, each number a way to what is behind it. */
export function OpsPage() {
  const t = useT();
  const query = useQuery({ queryKey: ['ops'], queryFn: () => take(api.GET('/api/v1/ops')), refetchInterval: LOOK_MS });
  const ready = useQuery({ queryKey: ['ops', 'ready'], queryFn: readiness, refetchInterval: LOOK_MS });
  return (
    <Page title={t('nav.ops')} name={t('nav.ops')}>
      <Loaded query={query} lines={12}>
        {(ops) => (
          <>
            <div className="tiles">
              <Tile name={t('ops.stopped')} value={total(ops.stopped)} bad={total(ops.stopped) > 0} to="/ops/dead-letters" />
              <Tile name={t('ops.in_flight')} value={total(ops.in_flight)} to="/docs" search={{ standing: 'open' }} />
              <Tile
                name={t('ops.outbox')}
                value={ops.outbox.reduce((sum, row) => sum + row.depth, 0)}
                bad={late(ops)}
                to="/ops"
                hash="outbox"
              />
              <Tile
                name={t('ops.streams_trouble')}
                value={ops.streams_in_trouble.length}
                bad={ops.streams_in_trouble.length > 0}
                to="/ops"
                hash="streams"
              />
              <Tile name={t('ops.timers')} value={ops.timers} to="/ops" hash="timers" />
              <Tile
                name={t('ops.replicas')}
                value={ops.replicas.length}
                bad={ops.replicas.length === 0}
                to="/ops"
                hash="replicas"
              />
            </div>
            <div className="columns">
              <Stopped stopped={ops.stopped} />
              <section id="outbox" aria-label={t('ops.outbox_title')}>
                <Outbox ops={ops} />
              </section>
              <section id="replicas" aria-label={t('ops.process')}>
                <Card title={t('ops.process')}>
                  <Loaded query={ready} lines={2}>
                    {(state) => <Readiness state={state} />}
                  </Loaded>
                  <Facts
                    rows={[
                      [t('ops.database'), bytes(ops.database_bytes)],
                      [t('ops.attempts_since'), ops.attempts_since ? <Time key="a" at={ops.attempts_since} exact /> : null],
                      [t('ops.payloads_since'), ops.payloads_since ? <Time key="p" at={ops.payloads_since} exact /> : null],
                      [t('ops.at'), <Time key="at" at={ops.at} exact seconds />],
                    ]}
                  />
                  <Replicas replicas={ops.replicas} />
                </Card>
              </section>
            </div>
            <HealthTable />
            <section id="streams" aria-label={t('streams.title')}>
              <Streams thresholds={ops.thresholds} />
            </section>
            <div className="columns">
              <Timers />
              <Quotas />
              <Thresholds thresholds={ops.thresholds} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function total(by: Record<string, number>): number {
  return Object.values(by).reduce((sum, count) => sum + count, 0);
}

function late(ops: Schemas['Overview']): boolean {
  return ops.outbox.some((row) => (row.oldest_ready_millis ?? 0) > ops.thresholds.oldest_ready_millis);
}

function Tile({
  name,
  value,
  bad,
  to,
  hash,
  search,
}: {
  name: string;
  value: number;
  bad?: boolean;
  to: string;
  /** The part of the page that holds what is counted. */
  hash?: string;
  search?: Record<string, string>;
}) {
  const number = useCount();
  return (
    <Link to={to} hash={hash} search={search as never} className={`tile${bad ? ' bad' : ''}`}>
      <span className="tile-value">{number(value)}</span>
      <span>{name}</span>
    </Link>
  );
}

function Stopped({ stopped }: { stopped: Record<string, number> }) {
  const t = useT();
  const number = useCount();
  const word = useWord();
  const entries = Object.entries(stopped).sort((a, b) => b[1] - a[1]);
  return (
    <Card title={t('ops.stopped_by_cause')}>
      {entries.length === 0 ? (
        <Chip tone="ok" icon="check">
          {t('ops.nothing_stopped')}
        </Chip>
      ) : (
        <ul className="stack tight">
          {entries.map(([cause, count]) => (
            <li key={cause} className="row between">
              <Link to="/ops/dead-letters" search={{ cause, tab: 'list' }}>
                {word('cause', cause)} <strong>{number(count)}</strong>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Outbox({ ops }: { ops: Schemas['Overview'] }) {
  const t = useT();
  const number = useCount();
  const { language } = useLanguage();
  return (
    <Card title={t('ops.outbox_title')}>
      {ops.outbox.length === 0 ? (
        <Chip tone="ok" icon="check">
          {t('ops.outbox_empty')}
        </Chip>
      ) : (
        <Table
          caption={t('ops.outbox_title')}
          heads={[
            t('filters.system'),
            { name: t('ops.depth'), number: true },
            { name: t('ops.ready'), number: true },
            { name: t('ops.held'), number: true },
            { name: t('ops.oldest'), number: true },
          ]}
        >
          {ops.outbox.map((row) => {
            const behind = (row.oldest_ready_millis ?? 0) > ops.thresholds.oldest_ready_millis;
            return (
              <tr key={row.connection}>
                <th scope="row">
                  <Link to="/connections/$connection" params={{ connection: row.connection }}>
                    {row.connection}
                  </Link>
                </th>
                <td className="number">
                  <Link to="/connections/$connection" params={{ connection: row.connection }}>
                    {number(row.depth)}
                  </Link>
                </td>
                <td className="number">
                  <Link to="/connections/$connection" params={{ connection: row.connection }}>
                    {number(row.ready)}
                  </Link>
                </td>
                <td className="number">
                  <Link to="/connections/$connection" params={{ connection: row.connection }}>
                    {number(row.held)}
                  </Link>
                </td>
                <td className={`number${behind ? ' bad-text' : ''}`}>
                  {row.oldest_ready_millis ? duration(row.oldest_ready_millis, language) : '–'}
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      <p className="dim small">{t('ops.threshold', { limit: duration(ops.thresholds.oldest_ready_millis, language) })}</p>
    </Card>
  );
}

interface Ready {
  ready: boolean;
  parts: Record<string, string>;
  degraded: Record<string, string>;
}

/** Answers 503 with the same content while the process is not ready, so it is read either way. */
async function readiness(): Promise<Ready> {
  const { data, error } = await api.GET('/ready');
  return (data ?? error) as unknown as Ready;
}

function Readiness({ state }: { state: Ready }) {
  const t = useT();
  const notReady = Object.entries(state.parts ?? {}).filter(([, how]) => how !== 'ready');
  const degraded = Object.entries(state.degraded ?? {});
  return (
    <div className="stack tight">
      <div className="row">
        <Chip tone={state.ready ? (degraded.length > 0 ? 'warn' : 'ok') : 'bad'} icon={state.ready ? 'check' : 'alert'}>
          {t((state.ready ? (degraded.length > 0 ? 'ops.degraded' : 'ops.is_ready') : 'ops.not_ready') as Key)}
        </Chip>
      </div>
      {[...notReady, ...degraded].map(([part, how]) => (
        <p key={part} className="wrap">
          <strong>{part}</strong> {how}
        </p>
      ))}
    </div>
  );
}

function Replicas({ replicas }: { replicas: Schemas['Replica'][] }) {
  const t = useT();
  return (
    <ul className="stack tight">
      {replicas.map((replica) => (
        <li key={replica.process} className="row">
          <code className="small">{replica.process.slice(-12)}</code>
          <span className="dim small">
            {replica.version} · {t('ops.up')} <Age since={replica.started_at} /> · {t('ops.heard')} <Time at={replica.heard_at} />
          </span>
          {Object.entries(replica.waits).map(([part, why]) => (
            <Chip key={part} tone="warn">
              {part}: {String(why)}
            </Chip>
          ))}
        </li>
      ))}
    </ul>
  );
}
