import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { batchRoute } from '../../app/router';
import { Loaded, moreOf, ProblemView } from '../../app/states';
import { grouped } from '../../format/count';
import { type Key, useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, Card, Chip, type Column, DataGrid, Empty, Facts, Sheet, StatusChip, Time } from '../../ui';
import { isPreview } from '../acting/Beforehand';
import { DownloadButton } from '../acting/DownloadButton';
import { PreviewCalls } from '../acting/PreviewCalls';

type Batch = Schemas['Batch'];
type Item = Schemas['BatchItem'];
type Steer = 'pause' | 'resume' | 'cancel' | 'retry-failed';

const STATES = ['waiting', 'done', 'failed', 'skipped', 'cancelled'];
/** A batch moves without a word on the stream for each item. */
const LOOK_MS = 2_000;

export function BatchPage() {
  const t = useT();
  const { batch } = batchRoute.useParams();
  const query = useQuery({
    queryKey: ['batch', batch],
    queryFn: () => take(api.GET('/api/v1/batches/{id}', { params: { path: { id: batch } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_MS : false),
  });
  return (
    <Loaded query={query} lines={8}>
      {(found) => (
        <Page full name={t('batch.title')} title={<Title batch={found} />} actions={<Steering batch={found} />}>
          <Summary batch={found} />
          <Items batch={found} />
        </Page>
      )}
    </Loaded>
  );
}

function Title({ batch }: { batch: Batch }) {
  const t = useT();
  return (
    <span className="row">
      {t(`action.${batch.action}` as Key)} <StatusChip room="batch" state={batch.state} />
      {batch.dry_run && (
        <Chip tone="info" icon="question">
          {t('batch.dry')}
        </Chip>
      )}
    </span>
  );
}

function Steering({ batch }: { batch: Batch }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const refused = useRefusal()('run_batches');
  const steer = useMutation({
    mutationFn: (how: Steer) => {
      const init = { params: { path: { id: batch.id } } };
      if (how === 'pause') return take(api.POST('/api/v1/batches/{id}/pause', init));
      if (how === 'resume') return take(api.POST('/api/v1/batches/{id}/resume', init));
      if (how === 'cancel') return take(api.POST('/api/v1/batches/{id}/cancel', init));
      return take(api.POST('/api/v1/batches/{id}/retry-failed', init));
    },
    onSuccess: (next) => {
      void client.invalidateQueries({ queryKey: ['batch'] });
      if (next.id !== batch.id) void navigate({ to: '/ops/batches/$batch', params: { batch: next.id } });
    },
  });
  const button = (how: Steer, kind: 'plain' | 'danger' = 'plain') => (
    <Button kind={kind} refused={refused} disabled={steer.isPending} onPress={() => steer.mutate(how)}>
      {t(`batch.${how}` as Key)}
    </Button>
  );
  return (
    <>
      {steer.isError && <ProblemView error={steer.error} compact />}
      {batch.state === 'running' && button('pause')}
      {batch.state === 'paused' && button('resume')}
      {['running', 'paused'].includes(batch.state) && button('cancel', 'danger')}
      {(batch.items?.failed ?? 0) > 0 && !['running', 'paused'].includes(batch.state) && button('retry-failed')}
      <DownloadButton path={`/api/v1/batches/${batch.id}/items.csv`} name={`batch-${batch.id}.csv`} />
    </>
  );
}

function Summary({ batch }: { batch: Batch }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const counts = batch.items ?? {};
  const over = batch.total - (counts.waiting ?? 0);
  return (
    <Card>
      <progress className="progress" max={Math.max(1, batch.total)} value={over} aria-label={t('batch.progress')} />
      <div className="row" role="status">
        <span>{t('batch.of', { over, total: batch.total })}</span>
        {STATES.filter((state) => counts[state]).map((state) => (
          <StatusChip
            key={state}
            room={batch.dry_run ? 'dry' : 'item'}
            state={state}
            words={`${word(batch.dry_run ? 'dry' : 'item', state)} ${grouped(counts[state] ?? 0, language)}`}
          />
        ))}
      </div>
      <Facts
        rows={[
          [t('batch.actor'), batch.actor],
          [t('act.field.reason'), batch.reason],
          [t('bulk.rate'), grouped(batch.per_minute, language)],
          [t('batch.created'), <Time key="created" at={batch.created_at} exact seconds />],
          [t('batch.finished'), batch.finished_at ? <Time key="finished" at={batch.finished_at} exact seconds /> : null],
        ]}
      />
      <Banner>{batch.dry_run ? t('batch.dry_what') : t('batch.done_what')}</Banner>
    </Card>
  );
}

function Items({ batch }: { batch: Batch }) {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  const { state } = batchRoute.useSearch();
  const [open, setOpen] = useState<Item | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['batch', batch.id, 'items', state],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/batches/{id}/items', {
          params: { path: { id: batch.id }, query: { state, after: pageParam, limit: 200 } },
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next_after ?? undefined,
    refetchInterval: batch.state === 'running' ? LOOK_MS * 2 : false,
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<Item>[] = [
    { id: 'position', title: '#', width: '70px', number: true, render: (row) => row.position },
    {
      id: 'state',
      title: t('documents.state'),
      width: '120px',
      render: (row) => <StatusChip room={batch.dry_run ? 'dry' : 'item'} state={row.state} />,
    },
    {
      id: 'target',
      title: t('batch.target'),
      width: 'minmax(180px, 1fr)',
      render: (row) => <Target resource={batch.resource} item={row} />,
    },
    {
      id: 'message',
      title: t('batch.message'),
      width: 'minmax(260px, 3fr)',
      render: (row) => <span title={row.message ?? ''}>{[row.code, row.message].filter(Boolean).join(' · ')}</span>,
    },
    {
      id: 'finished',
      title: t('batch.finished'),
      width: '120px',
      render: (row) => (row.finished_at ? <Time at={row.finished_at} seconds exact /> : ''),
    },
  ];
  return (
    <>
      <div className="row">
        {['', ...STATES].map((choice) => (
          <Button
            key={choice}
            size="small"
            kind={(state ?? '') === choice ? 'primary' : 'plain'}
            onPress={() =>
              void navigate({
                to: '/ops/batches/$batch',
                params: { batch: batch.id },
                search: { state: choice || undefined },
                replace: true,
              })
            }
          >
            {choice ? word(batch.dry_run ? 'dry' : 'item', choice) : t('batch.all')}
          </Button>
        ))}
      </div>
      {list.isError && !list.isFetchNextPageError && <ProblemView error={list.error} onAgain={() => void list.refetch()} />}
      <DataGrid
        label={t('batch.items')}
        columns={columns}
        rows={rows}
        keyOf={(row) => String(row.position)}
        nameOf={(row) => row.document_key ?? row.target}
        onOpen={setOpen}
        more={moreOf(list)}
        empty={list.isSuccess ? <Empty title={t('batch.no_items')} /> : undefined}
      />
      {open && (
        <Sheet onClose={() => setOpen(null)} title={`#${open.position}`}>
          <Facts
            rows={[
              [t('batch.target'), <Target key="target" resource={batch.resource} item={open} />],
              [t('documents.state'), <StatusChip key="state" room={batch.dry_run ? 'dry' : 'item'} state={open.state} />],
              [t('cause.code'), open.code],
              [t('batch.message'), open.message],
              [t('messages.attempts'), String(open.attempts)],
            ]}
          />
          {isPreview(open.detail) && <PreviewCalls preview={open.detail} />}
        </Sheet>
      )}
    </>
  );
}

/** What an item is about, as a way there. */
function Target({ resource, item }: { resource: string; item: Item }) {
  const id = item.target;
  const name = item.document_key ?? id;
  if (resource === 'documents') {
    return (
      <Link to="/docs/$doc" params={{ doc: id }} className="mono">
        {name}
      </Link>
    );
  }
  if (resource === 'exceptions') {
    return (
      <Link to="/ops/dead-letters" search={{ tab: 'list', open: id }} className="mono">
        {name}
      </Link>
    );
  }
  return <code>{id}</code>;
}
