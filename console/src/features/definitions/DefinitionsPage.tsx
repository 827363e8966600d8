import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { Page } from '../../app/Page';
import { definitionsRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useLanguage, useT, useWord } from '../../i18n';
import { Chip, type Column, DataGrid, Empty, Select, TextField } from '../../ui';
import { titleOf } from './titles';

type Item = Schemas['DefinitionItem'];

/** Everything an admin writes: connectors, mappings, flows, dictionaries and the rest, with what uses what. */
export function DefinitionsPage() {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  const { language } = useLanguage();
  const { kind, q } = definitionsRoute.useSearch();
  const query = useQuery({ queryKey: ['definitions', ''], queryFn: () => take(api.GET('/api/v1/definitions')) });
  const set = (next: { kind?: string; q?: string }) =>
    void navigate({ to: '/definitions', search: { kind, q, ...next }, replace: true });
  const columns: Column<Item>[] = [
    { id: 'kind', title: t('definitions.kind'), width: '120px', render: (row) => word('kind', row.kind) },
    { id: 'title', title: t('definitions.title'), width: 'minmax(180px, 1.5fr)', render: (row) => titleOf(row, language) },
    {
      id: 'id',
      title: t('definitions.id'),
      width: 'minmax(180px, 1fr)',
      render: (row) => (
        <Link to="/definitions/$kind/$id" params={{ kind: row.kind, id: row.id }} className="mono" tabIndex={-1}>
          {row.id}
        </Link>
      ),
    },
    {
      id: 'path',
      title: t('definitions.path'),
      width: 'minmax(200px, 1.5fr)',
      render: (row) => <code className="dim">{row.path}</code>,
    },
    {
      id: 'used',
      title: t('definitions.used_by'),
      width: 'minmax(160px, 1.5fr)',
      render: (row) => row.used_by.map((other) => other.id).join(', '),
    },
    {
      id: 'drafts',
      title: t('definitions.draft'),
      width: '120px',
      render: (row) => (row.drafts.length > 0 ? <Chip tone="info">{row.drafts.map((draft) => draft.author).join(', ')}</Chip> : ''),
    },
  ];
  return (
    <Page full title={t('nav.definitions')} name={t('nav.definitions')}>
      <Loaded query={query} lines={10}>
        {({ items }) => {
          const kinds = [...new Set(items.map((item) => item.kind))].sort();
          const wanted = (q ?? '').toLowerCase();
          const rows = items.filter(
            (item) =>
              (!kind || item.kind === kind) &&
              (wanted === '' || `${item.id} ${Object.values(item.title).join(' ')}`.toLowerCase().includes(wanted)),
          );
          return (
            <>
              <div className="filters">
                <div className="field search">
                  <TextField
                    label={t('filters.q')}
                    value={q ?? ''}
                    onChange={(value) => set({ q: value || undefined })}
                    type="search"
                  />
                </div>
                <Select
                  label={t('definitions.kind')}
                  value={kind ?? ''}
                  onChange={(value) => set({ kind: value || undefined })}
                  choices={[{ id: '', name: t('filters.any') }, ...kinds.map((id) => ({ id, name: word('kind', id) }))]}
                />
              </div>
              <DataGrid
                label={t('nav.definitions')}
                columns={columns}
                rows={rows}
                keyOf={(row) => `${row.kind}/${row.id}`}
                nameOf={(row) => row.id}
                onOpen={(row) => void navigate({ to: '/definitions/$kind/$id', params: { kind: row.kind, id: row.id } })}
                empty={<Empty title={t('documents.none_fit')} />}
              />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
