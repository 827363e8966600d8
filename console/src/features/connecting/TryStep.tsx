import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Card, Copy, Facts } from '../../ui';
import { TryTab } from '../connections/TryTab';
import type { Choice } from './use';

/** The connection is live: a call by hand, the addresses its partner is to know, and what makes flows use it. */
export function TryStep({ connection, choice }: { connection: string; choice: Choice }) {
  const t = useT();
  const query = useQuery({ queryKey: ['connections'], queryFn: () => take(api.GET('/api/v1/connections')) });
  return (
    <Loaded query={query} lines={4}>
      {({ items }) => {
        const found = items.find((item) => item.connection === connection);
        if (!found) return <Banner tone="warn">{t('connect.not_live')}</Banner>;
        const hooks = Object.entries(found.webhooks ?? {});
        return (
          <div className="stack">
            <Banner tone="ok" live>
              {t('connect.is_live', { id: connection })}
            </Banner>
            <TryTab connection={connection} connector={choice.described.id} />
            <div className="columns">
              <Card title={t('webhooks.addresses')}>
                {hooks.length === 0 ? (
                  <p className="dim">{t('webhooks.none')}</p>
                ) : (
                  <>
                    <p className="dim">{t('connect.hooks_what')}</p>
                    <Facts
                      rows={hooks.map(([name, id]): [string, React.ReactNode] => [
                        name,
                        <Copy key={name} text={`${location.origin}${id.startsWith('/') ? id : `/hooks/${id}`}`} />,
                      ])}
                    />
                  </>
                )}
              </Card>
              <Card title={t('connect.then')}>
                {choice.described.auth === 'oauth2_authorization_code' && (
                  <p>
                    <Link to="/connections/$connection" params={{ connection }} search={{ tab: 'setup' }}>
                      {t('connect.consent')}
                    </Link>
                  </p>
                )}
                <p>{t('connect.bind')}</p>
                <p>
                  <Link to="/definitions" search={{ kind: 'bind' }}>
                    {t('connect.to_bindings')}
                  </Link>{' '}
                  ·{' '}
                  <Link to="/connections/$connection" params={{ connection }}>
                    {t('connect.to_connection')}
                  </Link>
                </p>
              </Card>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
