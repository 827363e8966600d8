import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Page } from '../../app/Page';
import { Loaded } from '../../app/states';
import { useLanguage, useT, useWord } from '../../i18n';
import { Card, Empty } from '../../ui';
import { titleOf } from '../definitions/titles';

export function FormsPage() {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const query = useQuery({ queryKey: ['forms'], queryFn: () => take(api.GET('/api/v1/forms')) });
  return (
    <Page title={t('nav.forms')} name={t('nav.forms')}>
      <Loaded query={query} lines={4}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('forms.none')} why={t('forms.none_why')} />
          ) : (
            <div className="columns">
              {items.map((item) => (
                <Card
                  key={item.form}
                  title={
                    <Link to="/forms/$form" params={{ form: item.form }}>
                      {titleOf({ id: item.form, title: item.title as Record<string, string> }, language)}
                    </Link>
                  }
                >
                  <p className="dim">{t('forms.makes', { what: word('type', item.document) })}</p>
                </Card>
              ))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
