import { useNavigate } from '@tanstack/react-router';
import { HelpText, usePages } from '../../app/help/Help';
import { part } from '../../app/help/page';
import { Page } from '../../app/Page';
import { helpRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Card, Empty, TextField } from '../../ui';

/** Every code that the hub and its checks use: what happened, and how to mend it. */
export function HelpPage() {
  const t = useT();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const { q = '' } = helpRoute.useSearch();
  const query = usePages();
  return (
    <Page title={t('help.title')} name={t('help.title')}>
      <p className="dim">{t('help.what')}</p>
      <TextField
        label={t('help.search')}
        value={q}
        type="search"
        onChange={(next) => void navigate({ to: '/help', search: { q: next || undefined }, replace: true })}
      />
      <Loaded query={query} lines={8}>
        {(pages) => {
          const wanted = q.trim().toLowerCase();
          const fitting = [...pages]
            .filter(([code, page]) => fits(code, page, wanted, language))
            .sort(([a], [b]) => order(a, b, wanted));
          if (fitting.length === 0) return <Empty title={t('help.none')} why={t('help.none_why')} />;
          return (
            <div className="stack">
              {fitting.map(([code, page]) => (
                <Card key={code} title={<code>{code}</code>}>
                  <HelpText page={page} />
                </Card>
              ))}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function fits(code: string, page: string, wanted: string, language: 'en' | 'zh-CN'): boolean {
  if (wanted === '' || code.includes(wanted)) return true;
  return part(page, language).some((block) => block.spans.some((span) => span.text.toLowerCase().includes(wanted)));
}

/** The code itself first. */
function order(a: string, b: string, wanted: string): number {
  return Number(b === wanted) - Number(a === wanted) || a.localeCompare(b);
}
