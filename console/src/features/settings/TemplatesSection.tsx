import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { settingsRoute } from '../../app/router';
import { Loaded, ProblemView } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Banner, Card, Chip, Empty, Select, Skeleton } from '../../ui';
import { titleOf } from '../definitions/titles';
import { useSamples } from '../mapping/use';
import { filled, said } from './templates';

/** What the hub writes to people, in each language, as it would read for a real document. */
export function TemplatesSection() {
  const t = useT();
  const navigate = useNavigate();
  const sample = settingsRoute.useSearch().open;
  const mayRead = useRefusal()('see_payloads');
  const samples = useSamples();
  const query = useQuery({
    queryKey: ['definitions', 'template'],
    queryFn: () => take(api.GET('/api/v1/definitions', { params: { query: { kind: 'template' } } })),
  });
  const body = useBody(mayRead === null ? sample : undefined);
  return (
    <div className="stack">
      <p className="dim">{t('templates.what')}</p>
      <div className="filters">
        <Select
          label={t('mapping.sample')}
          value={sample ?? ''}
          onChange={(value) =>
            void navigate({
              to: '/settings/$section',
              params: { section: 'notifications' },
              search: { open: value || undefined },
              replace: true,
            })
          }
          choices={[
            { id: '', name: t('mapping.no_sample') },
            ...(samples.data?.items ?? []).map((row) => ({ id: row.id, name: row.key })),
          ]}
        />
      </div>
      {mayRead !== null && sample && <Banner>{mayRead}</Banner>}
      <Loaded query={query} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('templates.none')} why={t('templates.none_why')} />
          ) : (
            <Templates items={items.filter((item) => item.version)} doc={body.data} />
          )
        }
      </Loaded>
    </div>
  );
}

/** The newest content of a document. */
function useBody(document: string | undefined) {
  return useQuery({
    queryKey: ['document', document, 'content'],
    queryFn: async () => {
      const path = { id: document ?? '' };
      const detail = (await take(api.GET('/api/v1/documents/{id}', { params: { path } }))) as Schemas['DocumentDetail'];
      const revision = await take(
        api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { ...path, number: detail.revision } } }),
      );
      return revision.body as unknown;
    },
    enabled: document !== undefined,
  });
}

function Templates({ items, doc }: { items: Schemas['DefinitionItem'][]; doc: unknown }) {
  const { language } = useLanguage();
  const t = useT();
  const texts = useQueries({
    queries: items.map(({ kind, id }) => ({
      queryKey: ['definition', kind, id, 'text'],
      queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id } } })),
    })),
  });
  return items.map((item, index) => {
    const text = texts[index];
    return (
      <Card
        key={item.id}
        title={
          <span className="row">
            {titleOf(item, language)} <code className="dim small">{item.id}</code>
          </span>
        }
        action={
          <Link to="/definitions/$kind/$id" params={{ kind: 'template', id: item.id }} search={{ tab: 'text' }}>
            {t('connect.to_text')}
          </Link>
        }
      >
        <p className="dim small wrap">
          {t('definitions.used_by_names', { names: item.used_by.map((other) => other.id).join(', ') || '–' })}
        </p>
        {text?.isPending && <Skeleton lines={2} />}
        {text?.isError && <ProblemView error={text.error} compact />}
        {said(text?.data?.text ?? '').map((each) => (
          <div key={each.language} className="notice" lang={each.language || undefined}>
            {each.language && <Chip>{each.language}</Chip>}
            <strong className="wrap">
              <Pieces text={each.subject} doc={doc} />
            </strong>
            <p className="prewrap wrap">
              <Pieces text={each.text} doc={doc} />
            </p>
          </div>
        ))}
      </Card>
    );
  });
}

function Pieces({ text, doc }: { text: string; doc: unknown }) {
  return filled(text, doc).map((piece, index) => {
    // Pieces of one text have no other name than their place.
    const key = `${piece.kind}-${index.toString()}`;
    if (piece.kind === 'open') return <code key={key}>{piece.text}</code>;
    return piece.kind === 'put' ? <mark key={key}>{piece.text}</mark> : <span key={key}>{piece.text}</span>;
  });
}
