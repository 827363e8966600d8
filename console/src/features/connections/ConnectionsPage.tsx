import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Page } from '../../app/Page';
import { useT } from '../../i18n';
import { Button, Card } from '../../ui';
import { HealthTable } from './HealthTable';

export function ConnectionsPage() {
  const t = useT();
  const navigate = useNavigate();
  return (
    <Page
      title={t('nav.connections')}
      name={t('nav.connections')}
      actions={
        <Button kind="primary" icon="plug" onPress={() => void navigate({ to: '/connect' })}>
          {t('connect.open')}
        </Button>
      }
    >
      <Begun />
      <HealthTable />
    </Page>
  );
}

/** Connections that somebody began and nobody published; without the right to see drafts, none. */
function Begun() {
  const t = useT();
  const query = useQuery({
    queryKey: ['definitions', 'connection'],
    queryFn: () => take(api.GET('/api/v1/definitions', { params: { query: { kind: 'connection' } } })),
  });
  const begun = (query.data?.items ?? []).filter((item) => !item.version);
  if (begun.length === 0) return null;
  return (
    <Card title={t('connect.drafts')}>
      <ul className="stack tight">
        {begun.map((item) => (
          <li key={item.id} className="row">
            <Link to="/definitions/$kind/$id" params={{ kind: 'connection', id: item.id }} search={{ tab: 'text' }}>
              {item.id}
            </Link>
            <span className="dim small">{item.drafts.map((draft) => draft.author).join(', ')}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
