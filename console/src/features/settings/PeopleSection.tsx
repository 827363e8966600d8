import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { settingsRoute } from '../../app/router';
import { LoadedPages, moreOf } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Chip, type Column, DataGrid, Empty, StatusChip, Time } from '../../ui';
import { AddUserSheet } from './AddUserSheet';
import { useRoleName } from './roles';
import { UserSheet } from './UserSheet';

export type User = Schemas['UserItem'];

/** Everybody who may sign in: with what, as whom, and when they last did. */
export function PeopleSection() {
  const t = useT();
  const navigate = useNavigate();
  const search = settingsRoute.useSearch();
  const refused = useRefusal()('manage_users');
  const [adding, setAdding] = useState(false);
  const columns = useColumns();
  const list = useInfiniteQuery({
    queryKey: ['users', 'list'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/users', { params: { query: { after: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_after ?? undefined,
    enabled: refused === null,
  });
  const open = (user?: string) =>
    void navigate({ to: '/settings/$section', params: { section: 'people' }, search: { open: user }, replace: true });
  if (refused !== null) return <Banner tone="warn">{refused}</Banner>;
  return (
    <div className="stack">
      <div className="row between">
        <p className="dim">{t('people.what')}</p>
        <Button kind="primary" icon="person" onPress={() => setAdding(true)}>
          {t('people.add')}
        </Button>
      </div>
      <LoadedPages list={list} lines={6}>
        {(items) => (
          <div className="tall">
            <DataGrid
              label={t('settings.people')}
              columns={columns}
              rows={items}
              keyOf={(row) => row.id}
              nameOf={(row) => row.name}
              onOpen={(row) => open(row.id)}
              onChoose={(row) => open(row.id)}
              more={moreOf(list)}
              empty={<Empty title={t('people.none')} why={t('people.none_why')} />}
            />
          </div>
        )}
      </LoadedPages>
      {adding && <AddUserSheet onClose={() => setAdding(false)} />}
      {search.open && <UserSheet id={search.open} onClose={() => open()} />}
    </div>
  );
}

function useColumns(): Column<User>[] {
  const t = useT();
  const role = useRoleName();
  return [
    { id: 'name', title: t('people.name'), width: 'minmax(120px, 1fr)', render: (row) => <span className="mono">{row.name}</span> },
    { id: 'title', title: t('people.title'), width: 'minmax(120px, 1fr)', render: (row) => row.title },
    {
      id: 'status',
      title: t('documents.state'),
      width: '130px',
      render: (row) => <StatusChip room="user" state={row.status} />,
    },
    {
      id: 'roles',
      title: t('settings.roles'),
      width: 'minmax(180px, 2fr)',
      render: (row) =>
        row.roles.length === 0 ? (
          <span className="dim">{t('people.no_roles')}</span>
        ) : (
          <span className="row tight">
            {row.roles.map((each) => (
              <Chip key={`${each.role}-${each.scope}`}>{role(each)}</Chip>
            ))}
          </span>
        ),
    },
    { id: 'person', title: t('people.person'), width: '100px', render: (row) => row.person && <code>{row.person}</code> },
    {
      id: 'last',
      title: t('people.last'),
      width: '140px',
      render: (row) => (row.last_sign_in_at ? <Time at={row.last_sign_in_at} /> : <span className="dim">{t('people.never')}</span>),
    },
  ];
}
