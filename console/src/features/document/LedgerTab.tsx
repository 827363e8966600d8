import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Age, Button, Card, Chip, Copy, Empty, StatusChip, Table, Time } from '../../ui';
import { DriftSheet } from '../acting/DriftSheet';
import { addressOf } from './acts';
import { usePeople } from './RunActions';
import { type Compared, standingOf } from './standing';
import { type Detail, useDocument } from './use';

/** What each system holds of the document: what we last wrote, what it last said, and since when they agree or differ. */
export function LedgerTab({ detail }: { detail: Detail }) {
  const t = useT();
  const word = useWord();
  const ledger = useQuery({
    queryKey: ['document', detail.id, 'ledger'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/ledger', { params: { path: { id: detail.id } } })),
  });
  const people = usePeople(detail.instances[0]?.id);
  return (
    <div className="stack">
      <Card title={t('ledger.title')}>
        {detail.links.length === 0 ? (
          <Empty title={t('ledger.none')} why={t('ledger.none_why')} />
        ) : (
          <>
            {ledger.isError && <ProblemView error={ledger.error} onAgain={() => void ledger.refetch()} compact />}
            <Table
              caption={t('ledger.title')}
              heads={[t('ledger.system'), t('ledger.object'), t('ledger.written'), t('ledger.seen'), t('ledger.standing')]}
            >
              {detail.links.map((link) => {
                const standing = ledger.data?.links.find(
                  (item) => item.connection === link.connection && item.external_id === link.external_id,
                );
                return (
                  <tr key={`${link.connection}-${link.external_id}`}>
                    <th scope="row">
                      <Link to="/connections/$connection" params={{ connection: link.connection }}>
                        {link.connection}
                      </Link>
                    </th>
                    <td>
                      <Copy text={link.external_id} />
                      <There url={addressOf(people.data, link)} name={link.connection} />
                    </td>
                    <td>
                      {link.written ?? t('ledger.nothing_written')}
                      {link.written_at && (
                        <div className="dim small">
                          <Time at={link.written_at} />
                        </div>
                      )}
                    </td>
                    <td>
                      {link.seen ?? t('ledger.nothing_seen')}
                      {link.seen_at && (
                        <div className="dim small">
                          <Time at={link.seen_at} />
                        </div>
                      )}
                    </td>
                    <td>
                      <Standing standing={standing} as={standingOf(ledger, standing, link.closed)} />
                    </td>
                  </tr>
                );
              })}
            </Table>
          </>
        )}
      </Card>
      <Drifts document={detail.id} />
      {detail.relations.length > 0 && (
        <Card title={t('ledger.related')}>
          <ul className="stack tight">
            {detail.relations.map((relation) => {
              const other = relation.document === detail.id ? relation.made_for : relation.document;
              return (
                <li key={`${relation.document}-${relation.relation}`} className="row">
                  <span className="dim">{word('relation', relation.relation)}</span>
                  <Related id={other} />
                </li>
              );
            })}
          </ul>
        </Card>
      )}
    </div>
  );
}

/** The object where that system shows it. */
function There({ url, name }: { url: string | null; name: string }) {
  const t = useT();
  if (!url) return null;
  return (
    <div>
      <a href={url} target="_blank" rel="noreferrer">
        {t('ledger.there', { name })}
      </a>
    </div>
  );
}

const STANDINGS = {
  closed: { tone: 'plain', icon: 'minus', key: 'ledger.closed' },
  reading: { tone: 'plain', icon: 'hourglass', key: 'state.loading' },
  not_read: { tone: 'unknown', icon: 'question', key: 'ledger.not_read' },
  differs: { tone: 'bad', icon: 'alert', key: 'ledger.differs' },
  in_step: { tone: 'ok', icon: 'check', key: 'ledger.in_step' },
  never: { tone: 'plain', icon: 'question', key: 'ledger.not_compared' },
} as const;

function Standing({ standing, as }: { standing?: Compared; as: keyof typeof STANDINGS }) {
  const t = useT();
  const { tone, icon, key } = STANDINGS[as];
  const since = as === 'differs' ? standing?.differs_since : as === 'in_step' ? standing?.in_step_since : null;
  return (
    <span className="row">
      <Chip tone={tone} icon={icon}>
        {t(key)}
      </Chip>
      {since && <Age since={since} />}
    </span>
  );
}

/** Another document by its number, as soon as that is known. */
function Related({ id }: { id: string }) {
  const { data } = useDocument(id);
  return (
    <Link to="/docs/$doc" params={{ doc: id }} className="mono">
      {data?.key ?? id}
    </Link>
  );
}

function Drifts({ document }: { document: string }) {
  const t = useT();
  const word = useWord();
  const refused = useRefusal()('settle_exceptions');
  const [acting, setActing] = useState<{ id: string; action: 'accept' | 'repair' } | null>(null);
  const query = useQuery({
    queryKey: ['document', document, 'drift'],
    queryFn: () => take(api.GET('/api/v1/drift', { params: { query: { document } } })),
  });
  return (
    <>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? null : (
            <Card title={t('drift.title')}>
              <ul className="stack">
                {items.map((drift) => (
                  <li key={drift.id} className="card">
                    <div className="row between">
                      <span className="row">
                        <StatusChip room="drift" state={drift.state} />
                        <strong>{word('drift_kind', drift.kind)}</strong>
                        {drift.field && <code>{drift.field}</code>}
                        <span className="dim">{drift.connection}</span>
                      </span>
                      {drift.state === 'open' && (
                        <span className="row">
                          <Button
                            size="small"
                            kind="primary"
                            refused={refused}
                            onPress={() => setActing({ id: drift.id, action: 'repair' })}
                          >
                            {t('drift.repair')}
                          </Button>
                          <Button size="small" refused={refused} onPress={() => setActing({ id: drift.id, action: 'accept' })}>
                            {t('drift.accept')}
                          </Button>
                        </span>
                      )}
                    </div>
                    <div className="row">
                      <span>
                        {t('drift.ours')} <span className="mono">{drift.ours ?? '–'}</span>
                      </span>
                      <span>
                        {t('drift.theirs')} <span className="mono">{drift.theirs ?? '–'}</span>
                      </span>
                      <span className="dim">
                        {t('drift.since')} <Time at={drift.first_seen_at} exact />
                      </span>
                    </div>
                    {drift.reason && <p className="dim">{drift.reason}</p>}
                  </li>
                ))}
              </ul>
            </Card>
          )
        }
      </Loaded>
      {acting && <DriftSheet id={acting.id} action={acting.action} onClose={() => setActing(null)} />}
    </>
  );
}
