import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { flowRoute } from '../../app/router';
import { Loaded, LoadedPages, moreOf } from '../../app/states';
import { between } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, type Column, DataGrid, Empty, Icon, Select, StatusChip, Time, useNow } from '../../ui';
import { MigrateSheet } from './MigrateSheet';
import { standsAt } from './overlay';
import { useUnderWay } from './use';

type Instance = Schemas['InstanceItem'];

export function InstancesTab({ flow }: { flow: string }) {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  const now = useNow();
  const { language } = useLanguage();
  const search = flowRoute.useSearch();
  const [status, setStatus] = useState('');
  const [migrating, setMigrating] = useState(false);
  const refused = useRefusal()('settle_exceptions', { flow });
  const list = useInfiniteQuery({
    queryKey: ['instance', 'list', flow, status],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/instances', { params: { query: { flow, status: status || undefined, limit: 100, cursor: pageParam } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const columns: Column<Instance>[] = [
    {
      id: 'document',
      title: t('exceptions.document'),
      width: 'minmax(180px, 1.5fr)',
      render: (row) => (
        <Link to="/docs/$doc" params={{ doc: row.document }} search={{ instance: row.id }} className="mono" tabIndex={-1}>
          {row.document_key ?? row.document}
        </Link>
      ),
    },
    { id: 'revision', title: t('data.revision'), width: '90px', number: true, render: (row) => row.revision },
    {
      id: 'state',
      title: t('documents.state'),
      width: '120px',
      render: (row) => <StatusChip room="instance" state={row.status} />,
    },
    { id: 'outcome', title: t('flows.outcome'), width: 'minmax(110px, 0.7fr)', render: (row) => word('outcome', row.outcome) },
    { id: 'step', title: t('cause.step'), width: 'minmax(110px, 0.8fr)', render: (row) => <code>{row.at_step ?? ''}</code> },
    { id: 'started', title: t('flows.started'), width: '130px', render: (row) => <Time at={row.started_at} exact /> },
    { id: 'long', title: t('flows.took'), width: '110px', render: (row) => between(row.started_at, row.ended_at ?? now, language) },
  ];
  const grid = (items: Instance[], more?: ReturnType<typeof moreOf>) => (
    <div className="grid-place">
      <DataGrid
        label={t('flows.instances')}
        columns={columns}
        rows={items}
        keyOf={(row) => row.id}
        nameOf={(row) => row.document_key ?? row.id}
        onOpen={(row) => void navigate({ to: '/docs/$doc', params: { doc: row.document }, search: { instance: row.id } })}
        more={more}
        empty={<Empty title={t('flows.no_instances')} />}
      />
    </div>
  );
  if (search.at) {
    return (
      <div className="stack fill">
        <div className="row">
          <Link to="/flows/$flow" params={{ flow }} search={{ ...search, at: undefined }} className="button">
            {t('flows.at_step', { step: search.at })} <Icon name="cross" size={14} />
          </Link>
        </div>
        <AtStep flow={flow} step={search.at}>
          {grid}
        </AtStep>
      </div>
    );
  }
  return (
    <div className="stack fill">
      <div className="filters">
        <Select
          label={t('documents.state')}
          value={status}
          onChange={setStatus}
          choices={[
            { id: '', name: t('filters.any') },
            ...['running', 'exception', 'ended', 'superseded'].map((id) => ({ id, name: word('instance', id) })),
          ]}
        />
        <Button refused={refused} onPress={() => setMigrating(true)}>
          {t('migrate.title')}
        </Button>
      </div>
      {migrating && <MigrateSheet flow={flow} onClose={() => setMigrating(false)} />}
      <LoadedPages list={list}>{(items) => grid(items, moreOf(list))}</LoadedPages>
    </div>
  );
}

/** Those that stand at a step now. */
function AtStep({ flow, step, children }: { flow: string; step: string; children: (items: Instance[]) => ReactNode }) {
  const t = useT();
  const query = useUnderWay(flow);
  return (
    <Loaded query={query}>
      {({ items, more }) => (
        <>
          {more && <Banner>{t('flows.at_step_cut')}</Banner>}
          {children(items.filter((item) => standsAt(item, step)))}
        </>
      )}
    </Loaded>
  );
}
