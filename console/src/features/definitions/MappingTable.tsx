import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../api/client';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Json, Table, TextField } from '../../ui';
import { SampleSelect } from '../mapping/SampleSelect';
import { usePreview } from '../mapping/use';
import { useEditing } from './editing';
import { type Rule, rules } from './rules';

/** The rules of a mapping as rows, with what each makes of a chosen real document. */
export function MappingTable({ id, sample }: { id: string; sample?: string }) {
  const t = useT();
  const navigate = useNavigate();
  const { quiet: text } = useEditing();
  const [filter, setFilter] = useState('');
  const found = useMemo(() => rules(text), [text]);
  const { preview, refused } = usePreview(id, text, sample);
  const made = new Map((preview.data?.rules ?? []).map((rule) => [`${rule.rule.line}`, rule]));
  const wanted = filter.trim().toLowerCase();
  const shown = found.filter((rule) => wanted === '' || `${rule.to} ${rule.source}`.toLowerCase().includes(wanted));
  return (
    <div className="stack">
      <div className="filters">
        <div className="field search">
          <TextField label={t('filters.q')} value={filter} onChange={setFilter} type="search" />
        </div>
        <SampleSelect
          value={sample}
          onChoose={(value) =>
            void navigate({
              to: '/definitions/$kind/$id',
              params: { kind: 'mapping', id },
              search: { tab: 'table', sample: value },
              replace: true,
            })
          }
        />
        {sample && (
          <Button onPress={() => void preview.refetch()} disabled={preview.isFetching} icon="refresh">
            {t('again')}
          </Button>
        )}
      </div>
      {refused && sample && <Banner>{refused}</Banner>}
      {preview.isError && <ProblemView error={preview.error} compact />}
      {preview.data?.error && (
        <Banner tone="bad">
          <span>
            <code>{preview.data.error.target}</code> {preview.data.error.message}
          </span>
        </Banner>
      )}
      <Table
        caption={t('mapping.rules', { count: found.length })}
        shown
        heads={[
          t('mapping.target'),
          t('mapping.from'),
          t('mapping.options'),
          t('mapping.value'),
          { name: t('mapping.line'), number: true },
        ]}
      >
        {shown.map((rule) => (
          <Row key={`${rule.line}-${rule.to}`} rule={rule} made={made.get(String(rule.line))} />
        ))}
      </Table>
      {preview.data?.output !== undefined && preview.data?.output !== null && (
        <>
          <h2>{t('mapping.output', { micros: preview.data.micros })}</h2>
          <Json value={preview.data.output} label={t('mapping.output', { micros: preview.data.micros })} />
        </>
      )}
    </div>
  );
}

function Row({ rule, made }: { rule: Rule; made?: Schemas['PreviewRule'] }) {
  const t = useT();
  return (
    <tr>
      <th scope="row" style={{ paddingInlineStart: 8 + rule.depth * 16 }}>
        <code>{rule.to}</code>
        {rule.required && <span title={t('mapping.required')}> *</span>}
      </th>
      <td>
        <span className="dim small">{rule.how}</span> <code>{rule.source}</code>
      </td>
      <td className="small">{rule.options.join(' · ')}</td>
      <td className="mono wrap">{made ? (typeof made.value === 'string' ? made.value : JSON.stringify(made.value)) : ''}</td>
      <td className="number">{rule.line}</td>
    </tr>
  );
}
