import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Page } from '../../app/Page';
import { Loaded } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Card, Chip, Empty } from '../../ui';
import { titleOf } from '../definitions/titles';

export function FlowsPage() {
  const t = useT();
  const { language } = useLanguage();
  const query = useQuery({
    queryKey: ['definitions', 'flow'],
    queryFn: () => take(api.GET('/api/v1/definitions', { params: { query: { kind: 'flow' } } })),
  });
  return (
    <Page title={t('nav.flows')} name={t('nav.flows')}>
      <Loaded query={query} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('flows.none')} why={t('flows.none_why')} />
          ) : (
            <div className="columns">
              {items.map((item) => (
                <Card
                  key={item.id}
                  title={
                    <Link to="/flows/$flow" params={{ flow: item.id }}>
                      {titleOf(item, language)}
                    </Link>
                  }
                >
                  <code className="small">{item.id}</code>
                  <p className="dim small">
                    {t('definitions.uses', { names: [...new Set(item.uses.map((other) => other.id))].join(', ') || '–' })}
                  </p>
                  <div className="row">
                    <Link to="/docs" search={{ flow: item.id }}>
                      {t('flows.documents')}
                    </Link>
                    {item.drafts.length > 0 && <Chip tone="info">{t('definitions.drafts', { count: item.drafts.length })}</Chip>}
                  </div>
                </Card>
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
