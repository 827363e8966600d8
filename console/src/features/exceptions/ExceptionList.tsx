import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { LoadedPages, moreOf } from '../../app/states';
import { useWho } from '../../app/who';
import { useLanguage, useT, useWord } from '../../i18n';
import { Age, Button, type Column, DataGrid, Empty, Select, Sentence, StatusChip } from '../../ui';
import { BulkBar } from '../acting/BulkBar';
import { choicesOf } from '../definitions/titles';
import { CAUSES, type ExceptionFilter } from './filter';

type Item = Schemas['ExceptionItem'];

const PAGE_ROWS = 100;

export function ExceptionList({
  filter,
  onFilter,
  onOpen,
}: {
  filter: ExceptionFilter;
  onFilter: (filter: ExceptionFilter) => void;
  onOpen: (id: string) => void;
}) {
  const t = useT();
  const word = useWord();
  const who = useWho();
  const { language } = useLanguage();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const query: Record<string, string> = {
    state: 'open',
    ...Object.fromEntries(Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined)),
  };
  const list = useInfiniteQuery({
    queryKey: ['exceptions', 'list', query],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/exceptions', { params: { query: { ...query, limit: PAGE_ROWS, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: () => take(api.GET('/api/v1/connections')),
    staleTime: 60_000,
  });
  const definitions = useQuery({
    queryKey: ['definitions', ''],
    queryFn: () => take(api.GET('/api/v1/definitions')),
    staleTime: 60_000,
  });
  const set = (name: string) => (value: string) => {
    const { [name]: _gone, ...rest } = filter;
    onFilter(value === '' ? rest : { ...rest, [name]: value });
  };
  const any = { id: '', name: t('filters.any') };
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<Item>[] = [
    {
      id: 'document',
      title: t('exceptions.document'),
      width: 'minmax(140px, 1fr)',
      render: (row) =>
        row.document && (
          <Link to="/docs/$doc" params={{ doc: row.document }} className="mono" tabIndex={-1}>
            {row.document_key ?? row.document}
          </Link>
        ),
    },
    { id: 'cause', title: t('exceptions.cause'), width: 'minmax(120px, 0.7fr)', render: (row) => word('cause', row.cause) },
    { id: 'code', title: t('cause.code'), width: 'minmax(120px, 0.8fr)', render: (row) => <code>{row.code}</code> },
    {
      id: 'message',
      title: t('exceptions.message'),
      width: 'minmax(260px, 3fr)',
      render: (row) => (
        <button type="button" className="linklike" tabIndex={-1} title={row.message} onClick={() => onOpen(row.id)}>
          <Sentence text={row.message} />
        </button>
      ),
    },
    {
      id: 'where',
      title: t('exceptions.where'),
      width: 'minmax(160px, 1.2fr)',
      render: (row) => [row.connection, row.step].filter(Boolean).join(' · '),
    },
    { id: 'owner', title: t('exceptions.owner'), width: 'minmax(110px, 0.8fr)', render: (row) => row.assignee ?? who(row.owner) },
    { id: 'state', title: t('documents.state'), width: '90px', render: (row) => <StatusChip room="exception" state={row.state} /> },
    { id: 'age', title: t('exceptions.age'), width: '100px', render: (row) => <Age since={row.opened_at} /> },
  ];
  return (
    <div className="stack fill">
      <div className="filters">
        <Select
          label={t('documents.state')}
          value={query.state ?? 'open'}
          onChange={set('state')}
          choices={['open', 'closed'].map((id) => ({ id, name: word('exception', id) }))}
        />
        <Select
          label={t('exceptions.cause')}
          value={filter.cause ?? ''}
          onChange={set('cause')}
          choices={[any, ...CAUSES.map((id) => ({ id, name: word('cause', id) }))]}
        />
        <Select
          label={t('filters.system')}
          value={filter.connection ?? ''}
          onChange={set('connection')}
          choices={[
            any,
            ...choicesOf(
              'connection',
              (connections.data?.items ?? []).map((item) => item.connection),
              definitions.data?.items,
              language,
            ),
          ]}
        />
        {filter.group && (
          <Button kind="quiet" icon="cross" onPress={() => set('group')('')}>
            {t('exceptions.one_group')}
          </Button>
        )}
        {Object.keys(filter).length > 0 && (
          <Button kind="quiet" onPress={() => onFilter({})}>
            {t('filters.clear')}
          </Button>
        )}
      </div>
      <BulkBar
        resource="exceptions"
        picked={picked}
        onClear={() => setPicked(new Set())}
        filter={query}
        everything={list.hasNextPage ? null : rows.length}
      />
      <LoadedPages list={list} lines={10}>
        {(items) => (
          <DataGrid
            label={t('exceptions.list')}
            columns={columns}
            rows={items}
            keyOf={(row) => row.id}
            nameOf={(row) => row.message}
            onOpen={(row) => onOpen(row.id)}
            picking={{ picked, onPick: setPicked }}
            more={moreOf(list)}
            empty={<Empty title={t('exceptions.none')} why={t('exceptions.none_why')} />}
          />
        )}
      </LoadedPages>
    </div>
  );
}
