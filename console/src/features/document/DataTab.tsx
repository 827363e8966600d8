import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Masked } from '../../app/Masked';
import { useRefusal } from '../../app/me';
import { documentRoute } from '../../app/router';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Card, Checkbox, Json, Select, Table, Time } from '../../ui';
import { FieldFrom } from './FieldFrom';
import { FilesCard } from './FilesCard';
import { byPath } from './origins';
import { Tree } from './Tree';
import type { Detail } from './use';

/** What the document holds, in each of its revisions, and what two of them differ in. */
export function DataTab({ detail }: { detail: Detail }) {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  const refusal = useRefusal();
  const search = documentRoute.useSearch();
  const [raw, setRaw] = useState(false);
  const origins = useQuery({
    queryKey: ['document', detail.id, 'revisions'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/revisions', { params: { path: { id: detail.id } } })),
  });
  const numbers = detail.revisions.map((revision) => revision.number).sort((a, b) => b - a);
  const known = (text: string | undefined) => (text && numbers.includes(Number(text)) ? Number(text) : undefined);
  const to = known(search.to) ?? detail.revision;
  const from = known(search.from);
  const set = (next: Partial<typeof search>) =>
    void navigate({ to: '/docs/$doc', params: { doc: detail.id }, search: { ...search, ...next }, replace: true });
  const noPayloads = refusal('see_payloads');
  return (
    <div className="split">
      <div className="stack">
        <div className="row">
          <Select
            label={t('data.revision')}
            value={String(to)}
            onChange={(value) => set({ to: value })}
            choices={numbers.map((number) => ({ id: String(number), name: t('document.revision', { number }) }))}
          />
          {numbers.length > 1 && (
            <Select
              label={t('data.compare')}
              value={from === undefined ? '' : String(from)}
              onChange={(value) => set({ from: value || undefined })}
              choices={[
                { id: '', name: t('data.no_compare') },
                ...numbers
                  .filter((number) => number !== to)
                  .map((number) => ({ id: String(number), name: t('document.revision', { number }) })),
              ]}
            />
          )}
          <Checkbox checked={raw} onChange={setRaw}>
            {t('data.raw')}
          </Checkbox>
        </div>
        {noPayloads ? (
          <Banner tone="warn">{noPayloads}</Banner>
        ) : from === undefined ? (
          <Content key={to} document={detail.id} number={to} raw={raw} />
        ) : (
          <Differences document={detail.id} from={from} to={to} />
        )}
      </div>
      <div className="stack">
        <Card title={t('data.revisions')}>
          <Loaded query={origins} lines={3}>
            {({ items }) => (
              <ol className="stack">
                {[...items].reverse().map((item) => (
                  <li key={item.number} className="stack tight">
                    <strong>
                      {t('document.revision', { number: item.number })} · {word('origin', item.origin)}
                    </strong>
                    <span className="dim small">
                      <Time at={item.created_at} exact /> {item.actor}
                    </span>
                    {item.reason && <span className="wrap">{item.reason}</span>}
                  </li>
                ))}
              </ol>
            )}
          </Loaded>
        </Card>
        <FilesCard detail={detail} />
      </div>
    </div>
  );
}

function Content({ document, number, raw }: { document: string; number: number; raw: boolean }) {
  const t = useT();
  const word = useWord();
  const query = useQuery({
    queryKey: ['document', document, 'revision', number],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { id: document, number } } })),
    staleTime: 60_000,
  });
  const from = useOrigins(document, number, !raw);
  // Kept in this place alone: whoever comes back says again why.
  const [plain, setPlain] = useState<Schemas['Revision'] | null>(null);
  const reveal = (reason: string) =>
    take(api.POST('/api/v1/documents/{id}/reveal', { params: { path: { id: document } }, body: { reason, revision: number } }));
  return (
    <Loaded query={query} lines={10}>
      {(masked) => {
        const revision = plain ?? masked;
        return (
          <div className="stack">
            {revision.masked && revision.masked.length > 0 && (
              <Masked fields={revision.masked} reveal={reveal} onShown={setPlain} />
            )}
            {(revision.doubts ?? []).length > 0 && (
              <Banner tone="warn">
                <span>{t('data.doubts')}</span>
                <ul className="plain">
                  {revision.doubts?.map((doubt) => (
                    <li key={`${doubt.code} ${doubt.field}`}>
                      {word('doubt', doubt.code)} <code>{doubt.field}</code>
                    </li>
                  ))}
                </ul>
              </Banner>
            )}
            <Card title={t('data.canonical')}>
              {raw ? (
                <Json value={revision.body} label={t('data.canonical')} />
              ) : (
                <>
                  {from.error && <ProblemView error={from.error} compact />}
                  {from.cut && <p className="dim small">{t('data.origins_cut')}</p>}
                  <Tree value={revision.body} beside={from.of} />
                  {from.mappings.map((mapping) => (
                    <p key={mapping}>
                      <Link
                        to="/definitions/$kind/$id"
                        params={{ kind: 'mapping', id: mapping }}
                        search={{ tab: 'tests', sample: document }}
                      >
                        {t('data.take_case', { mapping })}
                      </Link>
                    </p>
                  ))}
                </>
              )}
            </Card>
            {revision.payload !== undefined && revision.payload !== null && (
              <Card title={t('data.payload')}>
                <Json value={revision.payload} label={t('data.payload')} />
              </Card>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

/** What stands beside each field: where it came from. */
function useOrigins(document: string, number: number, enabled: boolean) {
  const fields = useQuery({
    queryKey: ['document', document, 'fields', number],
    queryFn: () =>
      take(api.GET('/api/v1/documents/{id}/revisions/{number}/fields', { params: { path: { id: document, number } } })),
    staleTime: 60_000,
    enabled,
  });
  const definitions = useQuery({
    queryKey: ['definitions', ''],
    queryFn: () => take(api.GET('/api/v1/definitions')),
    staleTime: 60_000,
    enabled,
  });
  const known = useMemo(() => byPath(fields.data?.items ?? []), [fields.data]);
  const of = (path: string) => {
    const origin = known.get(path);
    return origin ? (
      <FieldFrom origin={origin} definitions={definitions.data?.items ?? []} document={document} number={number} />
    ) : null;
  };
  const files = new Set((fields.data?.items ?? []).map((item) => item.rule?.file));
  const mappings = (definitions.data?.items ?? []).filter((item) => item.kind === 'mapping' && files.has(item.path));
  return { of, mappings: mappings.map((item) => item.id), cut: fields.data?.cut === true, error: fields.error };
}

interface Change {
  path: string;
  before?: unknown;
  after?: unknown;
}

function Differences({ document, from, to }: { document: string; from: number; to: number }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['document', document, 'diff', from, to],
    queryFn: () =>
      take(
        api.GET('/api/v1/documents/{id}/revisions/{number}/diff', {
          params: { path: { id: document, number: to }, query: { with: from } },
        }),
      ),
    staleTime: 60_000,
  });
  const shown = (value: unknown) =>
    value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <Loaded query={query} lines={6}>
      {(diff) => (
        <Table
          caption={t('data.differences', { from: diff.from, to: diff.to, count: diff.changes.length })}
          shown
          heads={[t('data.field'), t('document.revision', { number: diff.from }), t('document.revision', { number: diff.to })]}
        >
          {(diff.changes as unknown as Change[]).map((change) => (
            <tr key={change.path}>
              <td>
                <code>{change.path}</code>
              </td>
              <td className="mono removed">{shown(change.before)}</td>
              <td className="mono added">{shown(change.after)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Loaded>
  );
}
