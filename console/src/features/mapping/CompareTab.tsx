import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Card, Checkbox, Chip, Empty, StatusChip, Table } from '../../ui';
import { useEditing } from '../definitions/editing';

const OUTCOMES = ['same', 'changed', 'fails', 'mended', 'fails_still', 'untold'] as const;

/** The text at hand against what is live, over the newest documents that the mapping takes. */
export function CompareTab() {
  const t = useT();
  const { id, live, quiet } = useEditing();
  const refusal = useRefusal();
  const refused = refusal('edit_drafts') ?? refusal('see_payloads');
  const query = useQuery({
    queryKey: ['compare', id, quiet],
    queryFn: () => take(api.POST('/api/v1/mappings/compare', { body: { text: quiet, drafts: true } })),
    enabled: refused === null,
    placeholderData: (before) => before,
    retry: false,
  });
  if (refused !== null) return <Banner tone="warn">{refused}</Banner>;
  return (
    <div className="stack">
      <p className="dim">{t('compare.what')}</p>
      {live === quiet && <Banner>{t('compare.no_draft')}</Banner>}
      <Loaded query={query} lines={8}>
        {(found) =>
          found.items.length === 0 ? (
            <Empty title={t('compare.none')} why={t('compare.none_why')} />
          ) : (
            <>
              <div className="row" role="status">
                {OUTCOMES.map((outcome) => {
                  const count = found.items.filter((item) => item.outcome === outcome).length;
                  return count > 0 && <OutcomeChip key={outcome} outcome={outcome} count={count} />;
                })}
                {found.new && <Chip>{t('compare.new')}</Chip>}
              </div>
              <Fields fields={found.fields} />
              <Documents items={found.items} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function OutcomeChip({ outcome, count }: { outcome: string; count?: number }) {
  const word = useWord();
  const words = word('compared', outcome);
  return <StatusChip room="compared" state={outcome} words={count === undefined ? words : `${words} ${count}`} />;
}

function Fields({ fields }: { fields: Schemas['ComparedField'][] }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const shown = all ? fields : fields.filter((field) => field.changed > 0 || field.fails > 0);
  return (
    <Card
      title={t('compare.fields')}
      action={
        <Checkbox checked={all} onChange={setAll}>
          {t('compare.all_fields', { count: fields.length })}
        </Checkbox>
      }
    >
      {shown.length === 0 ? (
        <p className="dim">{t('compare.no_field')}</p>
      ) : (
        <Table
          caption={t('compare.fields')}
          heads={[
            t('mapping.target'),
            ...(['same', 'changed', 'fails'] as const).map((outcome) => ({ name: t(`compared.${outcome}`), number: true })),
          ]}
        >
          {shown.map((field) => (
            <tr key={field.path}>
              <th scope="row">
                <code className="wrap">{field.path}</code>
              </th>
              <td className="number">{field.same}</td>
              <td className="number">{field.changed}</td>
              <td className={`number${field.fails > 0 ? ' bad-text' : ''}`}>{field.fails}</td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

function Documents({ items }: { items: Schemas['ComparedDocument'][] }) {
  const t = useT();
  return (
    <Card title={t('compare.documents', { count: items.length })}>
      <ol className="stack">
        {items.map((item) => (
          <li key={item.document} className="stack tight">
            <span className="row">
              <Link to="/docs/$doc" params={{ doc: item.document }} className="mono">
                {item.key}
              </Link>
              <OutcomeChip outcome={item.outcome} />
              {(item.problem ?? item.live_problem) && <span className="wrap">{item.problem ?? item.live_problem}</span>}
            </span>
            {item.differences.length > 0 && <Differences item={item} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Differences({ item }: { item: Schemas['ComparedDocument'] }) {
  const t = useT();
  return (
    <details>
      <summary>{t(item.cut ? 'compare.differences_cut' : 'compare.differences', { count: item.differences.length })}</summary>
      <Table
        caption={t('compare.differences_of', { key: item.key })}
        heads={[t('mapping.target'), t('compare.live'), t('compare.draft')]}
      >
        {item.differences.map((difference) => (
          <tr key={difference.path}>
            <th scope="row">
              <code className="wrap">{difference.path}</code>
            </th>
            <td className="mono wrap">{shown(difference.live)}</td>
            <td className="mono wrap">{shown(difference.draft)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

/** Exactly what is made; what is not made at all is a dash. */
function shown(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
