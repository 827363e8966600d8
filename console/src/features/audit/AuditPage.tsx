import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { type AUDIT_FILTERS, auditRoute } from '../../app/router';
import { LoadedPages, moreOf } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, type Column, DataGrid, Empty, StatusChip, Time } from '../../ui';
import { DownloadButton } from '../acting/DownloadButton';
import { AuditFilters } from './AuditFilters';
import { EntrySheet } from './EntrySheet';
import { outcomeOf, useAction } from './entry';
import { Proof } from './Proof';

export type Entry = Schemas['List_AuditItem']['items'][number];
export type AuditFilter = { [name in (typeof AUDIT_FILTERS)[number]]?: string };

/** Who did what, newest first; the proof that nobody changed it since; and the same as a table. */
export function AuditPage() {
  const t = useT();
  const navigate = useNavigate();
  const refused = useRefusal()('read_audit');
  const { open, ...filter } = auditRoute.useSearch();
  const go = (next: AuditFilter & { open?: string }) => void navigate({ to: '/audit', search: next, replace: true });
  return (
    <Page
      full
      title={t('nav.audit')}
      name={t('nav.audit')}
      actions={
        refused === null && (
          <DownloadButton path={`/api/v1/audit.csv?${new URLSearchParams(filter as Record<string, string>)}`} name="audit.csv" />
        )
      }
    >
      {refused !== null ? (
        <Banner tone="warn">{refused}</Banner>
      ) : (
        <>
          <Proof />
          <AuditFilters filter={filter} onChange={(next) => go(next)} />
          <Entries filter={filter} open={open ?? null} onOpen={(id) => go({ ...filter, open: id ?? undefined })} />
        </>
      )}
    </Page>
  );
}

function Entries({ filter, open, onOpen }: { filter: AuditFilter; open: string | null; onOpen: (id: string | null) => void }) {
  const t = useT();
  const columns = useColumns();
  const list = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/audit', { params: { query: { ...filter, limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <LoadedPages list={list} lines={10}>
      {(rows) => (
        <>
          <DataGrid
            label={t('nav.audit')}
            columns={columns}
            rows={rows}
            keyOf={(row) => row.id}
            nameOf={(row) => `${row.actor} ${row.action}`}
            onOpen={(row) => onOpen(row.id)}
            more={moreOf(list)}
            empty={<Empty title={t('audit.none')} why={t('audit.none_why')} />}
          />
          {rows
            .filter((row) => row.id === open)
            .map((row) => (
              <EntrySheet key={row.id} entry={row} onClose={() => onOpen(null)} />
            ))}
        </>
      )}
    </LoadedPages>
  );
}

function useColumns(): Column<Entry>[] {
  const t = useT();
  const action = useAction();
  return [
    { id: 'at', title: t('audit.at'), width: '150px', render: (row) => <Time at={row.at} exact seconds /> },
    { id: 'actor', title: t('audit.actor'), width: 'minmax(110px, 0.8fr)', render: (row) => row.actor },
    { id: 'action', title: t('audit.action'), width: 'minmax(220px, 2fr)', render: (row) => action(row.action) },
    {
      id: 'object',
      title: t('audit.object'),
      width: 'minmax(160px, 1.5fr)',
      render: (row) => row.object && <code className="dim">{row.object.replace('/api/v1/', '')}</code>,
    },
    {
      id: 'outcome',
      title: t('audit.outcome'),
      width: '150px',
      render: (row) => <Outcome outcome={row.outcome ?? null} />,
    },
    {
      id: 'number',
      title: t('audit.number'),
      width: '120px',
      number: true,
      render: (row) => row.number ?? <span className="dim">{t('audit.not_sealed')}</span>,
    },
  ];
}

export function Outcome({ outcome }: { outcome: string | null }) {
  const t = useT();
  if (outcome === null) return <span className="dim">{t('audit.under_way')}</span>;
  const { state, status } = outcomeOf(outcome);
  return (
    <span className="row tight">
      <StatusChip room="audit" state={state} />
      {status && <code className="dim">{status}</code>}
    </span>
  );
}
