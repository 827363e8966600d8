import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { Loaded, LoadedPages, moreOf } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Chip, type Column, DataGrid, Empty, Select, StatusChip, Time } from '../../ui';
import { DifferenceSheet } from './DifferenceSheet';

type Difference = Schemas['DriftItem'];
type Filter = { kind?: string; connection?: string; state?: string; run?: string };

const STATES = ['open', 'accepted', 'resolved'];

export function Differences({
  filter,
  onFilter,
  open,
  onOpen,
}: {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  open: string | null;
  onOpen: (id: string | null) => void;
}) {
  const t = useT();
  const word = useWord();
  const columns = useColumns();
  const { run, ...rest } = filter;
  const asked = { ...rest, state: filter.state === 'any' ? undefined : (filter.state ?? 'open'), reconciliation: run };
  const list = useInfiniteQuery({
    queryKey: ['drift', 'list', asked],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/drift', { params: { query: { ...asked, limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <div className="stack grow">
      <Groups filter={filter} onFilter={onFilter} />
      <div className="row">
        <Select
          label={t('documents.state')}
          value={filter.state ?? 'open'}
          onChange={(state) => onFilter({ ...filter, state: state === 'open' ? undefined : state })}
          choices={[{ id: 'any', name: t('reconcile.any_state') }, ...STATES.map((id) => ({ id, name: word('drift_state', id) }))]}
        />
        {(filter.kind || filter.connection || run) && (
          <span className="row">
            {filter.kind && <Chip>{word('drift_kind', filter.kind)}</Chip>}
            {filter.connection && <Chip icon="plug">{filter.connection}</Chip>}
            {run && <Chip icon="refresh">{t('reconcile.of_run')}</Chip>}
            <Button kind="quiet" size="small" icon="cross" onPress={() => onFilter({ state: filter.state })}>
              {t('filters.clear')}
            </Button>
          </span>
        )}
      </div>
      <LoadedPages list={list}>
        {(items) => (
          <DataGrid
            label={t('reconcile.differences')}
            columns={columns}
            rows={items}
            keyOf={(row) => row.id}
            nameOf={(row) => row.document_key ?? row.external_id ?? row.id}
            onOpen={(row) => onOpen(row.id)}
            more={moreOf(list)}
            empty={<Empty title={t('reconcile.none')} why={t('reconcile.none_why')} />}
          />
        )}
      </LoadedPages>
      {open && <DifferenceSheet id={open} onClose={() => onOpen(null)} />}
    </div>
  );
}

function useColumns(): Column<Difference>[] {
  const t = useT();
  const word = useWord();
  return [
    {
      id: 'document',
      title: t('reconcile.document'),
      width: 'minmax(150px, 1.2fr)',
      render: (row) => <Of row={row} />,
    },
    { id: 'kind', title: t('reconcile.kind'), width: 'minmax(170px, 1.2fr)', render: (row) => word('drift_kind', row.kind) },
    { id: 'connection', title: t('filters.system'), width: 'minmax(110px, 0.8fr)', render: (row) => row.connection },
    {
      id: 'field',
      title: t('reconcile.field'),
      width: 'minmax(100px, 0.8fr)',
      render: (row) => row.field && <code>{row.field}</code>,
    },
    {
      id: 'ours',
      title: t('drift.ours'),
      width: 'minmax(110px, 1fr)',
      render: (row) => <span className="mono">{row.ours ?? '–'}</span>,
    },
    {
      id: 'theirs',
      title: t('drift.theirs'),
      width: 'minmax(110px, 1fr)',
      render: (row) => <span className="mono">{row.theirs ?? '–'}</span>,
    },
    { id: 'state', title: t('documents.state'), width: '110px', render: (row) => <StatusChip room="drift" state={row.state} /> },
    { id: 'since', title: t('reconcile.first_seen'), width: '120px', render: (row) => <Time at={row.first_seen_at} /> },
  ];
}

/** The document, or the partner's id of an object that nobody here knows. */
export function Of({ row }: { row: Difference }) {
  const t = useT();
  if (!row.document) return <span className="mono">{row.external_id ?? t('reconcile.unknown_object')}</span>;
  return (
    <Link to="/docs/$doc" params={{ doc: row.document }} search={{ tab: 'links' }} className="mono" tabIndex={-1}>
      {row.document_key ?? row.external_id ?? row.document}
    </Link>
  );
}

/** Open differences by kind and system, each a way to its rows. */
function Groups({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const t = useT();
  const word = useWord();
  const query = useQuery({
    queryKey: ['drift', 'groups'],
    queryFn: () => take(api.GET('/api/v1/drift/groups', { params: { query: { state: 'open' } } })),
  });
  return (
    <Loaded query={query} lines={2}>
      {(groups) =>
        groups.length === 0 ? (
          <div className="row">
            <Chip tone="ok" icon="check">
              {t('reconcile.all_agree')}
            </Chip>
          </div>
        ) : (
          <div className="tiles">
            {groups.map((group) => {
              const chosen = filter.kind === group.kind && filter.connection === group.connection;
              return (
                <button
                  key={`${group.kind}-${group.connection}`}
                  type="button"
                  className={`tile bad${chosen ? ' chosen' : ''}`}
                  aria-pressed={chosen}
                  onClick={() => onFilter(chosen ? {} : { kind: group.kind, connection: group.connection })}
                >
                  <span className="tile-value">{group.count}</span>
                  <span>{word('drift_kind', group.kind)}</span>
                  <span className="dim small">
                    {group.connection} · {t('reconcile.oldest')} <Time at={group.oldest} />
                  </span>
                </button>
              );
            })}
          </div>
        )
      }
    </Loaded>
  );
}
