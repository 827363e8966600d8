import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { api, take } from '../../api/client';
import { Page } from '../../app/Page';
import { DOCUMENT_FILTERS, documentsRoute } from '../../app/router';
import { moreOf, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, DataGrid, Empty, MenuButton, Skeleton } from '../../ui';
import { BulkBar } from '../acting/BulkBar';
import { DownloadButton } from '../acting/DownloadButton';
import { LoadSample } from '../sample/LoadSample';
import { Counts } from './Counts';
import { type Found, keyOf, nameOf, useColumns } from './cells';
import { visible } from './columns';
import { Filters } from './Filters';
import { useHidden } from './hidden';
import { KeysResult } from './KeysResult';
import { SavedViews, useViews } from './SavedViews';
import { opened } from './view';

const PAGE_ROWS = 100;

export type DocumentSearch = { [name in (typeof DOCUMENT_FILTERS)[number]]?: string };

export function DocumentsPage() {
  const t = useT();
  const navigate = useNavigate();
  const search = documentsRoute.useSearch();
  const { keys, view, ...filter } = search;
  const gone = useOpenedView(search);
  const { hidden, toggle } = useHidden('documents');
  const change = (next: DocumentSearch) => void navigate({ to: '/docs', search: next });
  return (
    <Page
      full
      title={t('nav.documents')}
      name={t('nav.documents')}
      actions={
        <>
          <SavedViews
            page="documents"
            query={filter}
            onChoose={(query, id) => void navigate({ to: '/docs', search: { ...(query as DocumentSearch), view: id } })}
          />
          <ColumnChooser hidden={hidden} onToggle={toggle} />
          <DownloadButton path={`/api/v1/documents.csv?${new URLSearchParams(queryOf(filter))}`} name="documents.csv" />
        </>
      }
    >
      {gone && view && <Banner tone="warn">{t('views.gone', { view })}</Banner>}
      <Counts filter={filter} onChange={change} />
      <Filters
        filter={filter}
        onChange={change}
        onKeys={(list) => void navigate({ to: '/docs', search: { keys: list.join(',') } })}
      />
      {keys ? (
        <KeysResult keys={keys} onClose={() => change({})} />
      ) : (
        <List filter={filter} hidden={hidden} onClear={() => change({})} />
      )}
    </Page>
  );
}

/** Fills in what the view of the address filters by; whether there is no such view. */
function useOpenedView(search: DocumentSearch & { view?: string }): boolean {
  const navigate = useNavigate();
  const views = useViews('documents', search.view !== undefined);
  const next = views.data ? opened(search, views.data.items, DOCUMENT_FILTERS) : null;
  const wanted = next ? JSON.stringify(next) : null;
  useEffect(() => {
    if (wanted) void navigate({ to: '/docs', search: JSON.parse(wanted) as DocumentSearch, replace: true });
  }, [wanted, navigate]);
  return search.view !== undefined && views.data !== undefined && !views.data.items.some((one) => one.id === search.view);
}

/** Which columns the list shows, for whoever is signed in. */
function ColumnChooser({ hidden, onToggle }: { hidden: ReadonlySet<string>; onToggle: (id: string) => void }) {
  const t = useT();
  const columns = useColumns();
  return (
    <MenuButton
      entries={columns.slice(1).map((column) => ({
        id: column.id,
        name: column.title,
        detail: hidden.has(column.id) ? t('columns.hidden') : t('columns.shown'),
        onAction: () => onToggle(column.id),
      }))}
    >
      {t('columns.title')}
    </MenuButton>
  );
}

function queryOf(filter: DocumentSearch) {
  return { ...filter } as Record<string, string>;
}

function List({ filter, hidden, onClear }: { filter: DocumentSearch; hidden: ReadonlySet<string>; onClear: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const columns = useColumns();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [seen, setSeen] = useState(0);
  const list = useInfiniteQuery({
    queryKey: ['documents', filter, seen],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/documents', { params: { query: { ...queryOf(filter), limit: PAGE_ROWS, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  // What the stream says is looked at beside the list: rows that are shown change where they stand, new ones wait to be asked for.
  const peek = useQuery({
    queryKey: ['peek', filter],
    queryFn: () => take(api.GET('/api/v1/documents', { params: { query: { ...queryOf(filter), limit: PAGE_ROWS } } })),
    enabled: list.isSuccess,
    staleTime: 5_000,
  });
  const rows = useMemo(() => {
    const newer = new Map(peek.data?.items.map((row) => [row.id, row]));
    return (list.data?.pages.flatMap((page) => page.items) ?? []).map((row): Found => newer.get(row.id) ?? row);
  }, [list.data, peek.data]);
  const shown = useMemo(() => new Set(rows.map(keyOf)), [rows]);
  const fresh = list.isSuccess && !list.isFetching ? (peek.data?.items.filter((row) => !shown.has(row.id)).length ?? 0) : 0;
  if (list.isPending) return <Skeleton lines={12} />;
  if (list.isError && !list.data) return <ProblemView error={list.error} onAgain={() => void list.refetch()} />;
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      {list.isError && !list.isFetchNextPageError && <ProblemView error={list.error} onAgain={() => void list.refetch()} compact />}
      <BulkBar
        resource="documents"
        picked={picked}
        onClear={() => setPicked(new Set())}
        filter={queryOf(filter)}
        everything={!list.hasNextPage ? rows.length : null}
      />
      <DataGrid
        label={t('documents.caption')}
        columns={visible(columns, hidden)}
        rows={rows}
        keyOf={keyOf}
        nameOf={nameOf}
        onOpen={(row) => void navigate({ to: '/docs/$doc', params: { doc: row.id } })}
        picking={{ picked, onPick: setPicked }}
        more={moreOf(list)}
        fresh={{ count: fresh, show: () => setSeen(seen + 1) }}
        empty={
          filtered ? (
            <Empty title={t('documents.none_fit')} why={t('documents.none_fit_why')}>
              <Button onPress={onClear}>{t('filters.clear')}</Button>
            </Empty>
          ) : (
            <Empty title={t('documents.none')} why={t('documents.none_why')}>
              <LoadSample />
            </Empty>
          )
        }
      />
    </>
  );
}
