import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { Page } from '../../app/Page';
import { LoadedPages, moreOf } from '../../app/states';
import { grouped } from '../../format/count';
import { type Key, useLanguage, useT, useWord } from '../../i18n';
import { Chip, type Column, DataGrid, Empty, StatusChip, Time } from '../../ui';

type Batch = Schemas['Batch'];

export function BatchesPage() {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    queryKey: ['batches'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/batches', { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const columns: Column<Batch>[] = [
    {
      id: 'action',
      title: t('bulk.action'),
      width: 'minmax(180px, 1fr)',
      render: (row) => (
        <Link to="/ops/batches/$batch" params={{ batch: row.id }} tabIndex={-1}>
          {t(`action.${row.action}` as Key)}
        </Link>
      ),
    },
    {
      id: 'dry',
      title: t('batch.kind'),
      width: '110px',
      render: (row) => (row.dry_run ? <Chip>{t('batch.dry')}</Chip> : t('batch.real')),
    },
    { id: 'resource', title: t('batch.resource'), width: 'minmax(100px, 0.6fr)', render: (row) => word('resource', row.resource) },
    { id: 'total', title: t('bulk.count'), width: '90px', number: true, render: (row) => grouped(row.total, language) },
    { id: 'state', title: t('documents.state'), width: '110px', render: (row) => <StatusChip room="batch" state={row.state} /> },
    { id: 'actor', title: t('batch.actor'), width: 'minmax(100px, 0.8fr)', render: (row) => row.actor },
    { id: 'reason', title: t('act.field.reason'), width: 'minmax(160px, 2fr)', render: (row) => row.reason ?? '' },
    { id: 'at', title: t('batch.created'), width: '120px', render: (row) => <Time at={row.created_at} /> },
  ];
  return (
    <Page full title={t('nav.batches')} name={t('nav.batches')}>
      <LoadedPages list={list}>
        {(items) => (
          <DataGrid
            label={t('nav.batches')}
            columns={columns}
            rows={items}
            keyOf={(row) => row.id}
            nameOf={(row) => row.id}
            onOpen={(row) => void navigate({ to: '/ops/batches/$batch', params: { batch: row.id } })}
            more={moreOf(list)}
            empty={<Empty title={t('batch.none')} why={t('batch.none_why')} />}
          />
        )}
      </LoadedPages>
    </Page>
  );
}
