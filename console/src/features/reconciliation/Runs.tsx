import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded, LoadedPages, moreOf, ProblemView } from '../../app/states';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, Chip, type Column, DataGrid, Empty, Facts, Sheet, StatusChip, Table, TextArea, Time } from '../../ui';

type Run = Schemas['ReconciliationItem'];

/** A run that is under way is looked at more often than a list of old ones would need. */
const LOOK_MS = 3_000;

export function Runs({ open, onOpen }: { open: string | null; onOpen: (id: string | null) => void }) {
  const t = useT();
  const list = useInfiniteQuery({
    queryKey: ['reconciliations'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/reconciliations', { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: LOOK_MS,
  });
  const columns: Column<Run>[] = [
    { id: 'connection', title: t('filters.system'), width: 'minmax(120px, 1fr)', render: (row) => row.connection },
    { id: 'state', title: t('documents.state'), width: '120px', render: (row) => <StatusChip room="run" state={row.state} /> },
    { id: 'agree', title: t('reconcile.agree'), width: 'minmax(150px, 1fr)', render: (row) => <Agreement run={row} /> },
    { id: 'kinds', title: t('reconcile.found'), width: 'minmax(220px, 2fr)', render: (row) => <Kinds run={row} /> },
    { id: 'by', title: t('batch.actor'), width: 'minmax(90px, 0.7fr)', render: (row) => row.requested_by },
    { id: 'at', title: t('batch.created'), width: '130px', render: (row) => <Time at={row.requested_at} /> },
  ];
  return (
    <div className="stack grow">
      <LoadedPages list={list}>
        {(items) => (
          <DataGrid
            label={t('reconcile.runs')}
            columns={columns}
            rows={items}
            keyOf={(row) => row.id}
            nameOf={(row) => row.connection}
            onOpen={(row) => onOpen(row.id)}
            more={moreOf(list)}
            empty={<Empty title={t('reconcile.no_runs')} why={t('reconcile.no_runs_why')} />}
          />
        )}
      </LoadedPages>
      {open && <RunSheet id={open} onClose={() => onOpen(null)} />}
    </div>
  );
}

function Agreement({ run }: { run: Run }) {
  const t = useT();
  const { agree, compared } = run.statement;
  return <>{t('reconcile.sentence', { agree, compared })}</>;
}

function Kinds({ run }: { run: Run }) {
  const word = useWord();
  return (
    <span className="row tight">
      {Object.entries(run.statement.kinds).map(([kind, count]) => (
        <Chip key={kind} tone="bad">
          {word('drift_kind', kind)} {count}
        </Chip>
      ))}
    </span>
  );
}

function RunSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['reconciliations', id],
    queryFn: () => take(api.GET('/api/v1/reconciliations/{id}', { params: { path: { id } } })),
    refetchInterval: (found) => (['planned', 'running'].includes(found.state.data?.state ?? 'running') ? 1_000 : false),
  });
  return (
    <Sheet onClose={onClose} title={t('reconcile.run', { connection: query.data?.connection ?? '' })}>
      <Loaded query={query} lines={8}>
        {(run) => <Statement run={run} />}
      </Loaded>
    </Sheet>
  );
}

function Statement({ run }: { run: Run }) {
  const t = useT();
  const { language } = useLanguage();
  const found = run.statement;
  return (
    <>
      <div className="row">
        <StatusChip room="run" state={run.state} />
        <strong>
          <Agreement run={run} />
        </strong>
        <Kinds run={run} />
      </div>
      {run.problem && (
        <Banner tone={run.state === 'failed' ? 'bad' : 'warn'}>
          <span className="wrap">{run.problem}</span>
        </Banner>
      )}
      {found.repairs_held && <Banner tone="warn">{found.repairs_held}</Banner>}
      <Facts
        rows={[
          [t('reconcile.differ'), String(found.differ)],
          [t('reconcile.of_it_accepted'), found.accepted > 0 ? String(found.accepted) : null],
          [t('reconcile.in_flight'), String(found.in_flight)],
          [t('reconcile.new'), String(found.new)],
          [t('reconcile.gone'), String(found.resolved)],
          [t('reconcile.repairs'), String(found.repairs)],
          [t('reconcile.calls'), t('reconcile.calls_in', { calls: found.calls, time: duration(found.reading_millis, language) })],
          [t('reconcile.scope'), run.open_only ? t('reconcile.open_only') : t('reconcile.open_and_ended')],
          [t('reconcile.since'), <Time key="since" at={run.since} exact />],
          [t('reconcile.until'), <Time key="until" at={run.until} exact />],
          [t('batch.actor'), run.requested_by],
          [t('act.field.reason'), run.reason],
          [t('reconcile.ended'), run.ended_at ? <Time key="ended" at={run.ended_at} exact seconds /> : null],
        ]}
      />
      {found.windows.length > 0 && <Windows windows={found.windows} />}
      <div className="row">
        <Link to="/reconciliation" search={{ run: run.id, state: 'any' }}>
          {t('reconcile.see_differences')}
        </Link>
      </div>
      {['planned', 'running'].includes(run.state) && <Cancel id={run.id} />}
    </>
  );
}

function Windows({ windows }: { windows: Schemas['WindowView'][] }) {
  const t = useT();
  return (
    <Table
      caption={t('reconcile.windows')}
      shown
      heads={[
        t('reconcile.objects'),
        t('reconcile.since'),
        { name: t('reconcile.compared'), number: true },
        { name: t('reconcile.agree'), number: true },
        { name: t('reconcile.calls'), number: true },
      ]}
    >
      {windows.map((window) => (
        <tr key={`${window.objects}-${window.since ?? ''}`}>
          <th scope="row">
            {window.objects}
            {window.problem && <div className="small wrap">{window.problem}</div>}
          </th>
          <td>{window.since ? <Time at={window.since} exact /> : t('reconcile.one_by_one')}</td>
          <td className="number">{window.compared}</td>
          <td className="number">{window.agree}</td>
          <td className="number">{window.calls}</td>
        </tr>
      ))}
    </Table>
  );
}

/** What a run found so far stays when it is cancelled. */
function Cancel({ id }: { id: string }) {
  const t = useT();
  const client = useQueryClient();
  const refused = useRefusal()('settle_exceptions');
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/reconciliations/{id}/cancel', { params: { path: { id } }, body: { reason: reason.trim() } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['reconciliations'] }),
  });
  return (
    <div className="stack">
      <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} rows={2} />
      {cancel.isError && <ProblemView error={cancel.error} compact />}
      <div className="row end">
        <Button
          kind="danger"
          refused={refused ?? (reason.trim() === '' ? t('act.needed') : null)}
          disabled={cancel.isPending}
          onPress={() => cancel.mutate()}
        >
          {t('reconcile.cancel')}
        </Button>
      </div>
    </div>
  );
}
