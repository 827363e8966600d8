import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { definitionRoute } from '../../app/router';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Card, Json, TextField } from '../../ui';
import { EditBar } from '../definitions/EditBar';
import { useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { type Rule, rules } from '../definitions/rules';
import { AddRule, missingOf } from './AddRule';
import type { ExpressionHandle } from './ExpressionField';
import { Lines } from './Lines';
import { kindOf, type Line } from './lines';
import { MapFieldSheet } from './MapFieldSheet';
import { RuleBar } from './RuleBar';
import { SampleSelect } from './SampleSelect';
import { SourceTree } from './SourceTree';
import { fieldsOf, nameOf, placeOf, type SourceField } from './source';
import { Targets } from './Targets';
import { useInputs, usePreview } from './use';

/** What the partner is given, row by row, with lines to where each value comes from; each change is a small one of the text. */
export function MapTab({ id }: { id: string }) {
  const t = useT();
  const { text, quiet, findings, path } = useEditing();
  const { sample, rule: chosen, choose, chooseSample } = useAddress(id);
  const [wanted, setWanted] = useState('');
  const [mapping, setMapping] = useState<SourceField | null>(null);
  const expression = useRef<ExpressionHandle>(null);
  const [left, right] = [useRef<HTMLUListElement>(null), useRef<HTMLUListElement>(null)];
  const found = useMemo(() => rules(text), [text]);
  const { preview, refused } = usePreview(id, quiet, sample);
  const inputs = useInputs(text, sample);
  const made = useMemo(() => new Map((preview.data?.rules ?? []).map((rule) => [rule.rule.line, rule])), [preview.data]);
  const lines = useMemo(() => linesOf(found, made), [found, made]);
  const fields = useMemo(() => withReads(fieldsOf(inputs), lines), [inputs, lines]);
  const rule = found.find((one) => keyOf(one) === chosen);
  const own = findings.filter((finding) => finding.file === path);
  return (
    <div className="stack">
      <EditBar />
      <div className="filters">
        <SampleSelect value={sample} onChoose={chooseSample} />
        <div className="field search">
          <TextField label={t('filters.q')} value={wanted} onChange={setWanted} type="search" />
        </div>
      </div>
      {refused && sample && <Banner>{refused}</Banner>}
      {preview.isError && <ProblemView error={preview.error} compact />}
      {mapping && (
        <MapFieldSheet
          field={mapping}
          rules={found}
          missing={missingOf(own)}
          onClose={() => setMapping(null)}
          onChosen={(key) => key !== undefined && choose(key)}
        />
      )}
      {!sample && <Banner>{t('map.choose_sample')}</Banner>}
      {rule && (
        <RuleBar
          key={chosen}
          ref={expression}
          rule={rule}
          fields={fields}
          made={made.get(rule.line)}
          failed={preview.data?.error?.rule.line === rule.line ? preview.data.error : null}
          onGone={() => choose(undefined)}
        />
      )}
      <div className="mapping">
        <Card title={t('map.source')}>
          <SourceTree
            ref={left}
            fields={fields}
            wanted={wanted}
            used={new Set(lines.map((line) => line.from))}
            highlighted={new Set(lines.filter((line) => line.to === chosen).map((line) => line.from))}
            reach={rule ? (field) => nameOf(field, rule.loops) : null}
            onTake={(name) => expression.current?.insert(name)}
            onMap={setMapping}
          />
          <p className="dim small">{t('map.key_hint')}</p>
        </Card>
        <Lines lines={lines} left={left} right={right} chosen={chosen} />
        <Card title={t('map.target')}>
          <Targets
            ref={right}
            rules={found}
            made={made}
            failed={preview.data?.error ?? null}
            findings={own}
            wanted={wanted}
            chosen={chosen}
            onChoose={choose}
          />
          <AddRule fields={fields} findings={own} />
        </Card>
        <Card title={t('map.preview')}>
          {preview.data?.output ? (
            <Json value={preview.data.output} label={t('map.preview')} />
          ) : (
            <p className="dim">{t(sample ? 'map.nothing_made' : 'map.choose_sample')}</p>
          )}
        </Card>
      </div>
      <Findings findings={findings} />
    </div>
  );
}

/** The chosen document and rule stand in the address. */
function useAddress(id: string) {
  const navigate = useNavigate();
  const search = definitionRoute.useSearch();
  const go = (next: typeof search) =>
    void navigate({ to: '/definitions/$kind/$id', params: { kind: 'mapping', id }, search: { ...search, ...next }, replace: true });
  return {
    sample: search.sample,
    rule: search.rule,
    choose: (rule: string | undefined) => go({ rule }),
    chooseSample: (sample?: string) => go({ sample }),
  };
}

/** Where a rule stands, as the address says it. */
export function keyOf(rule: Rule): string {
  return rule.path.filter((step) => typeof step === 'number').join('.');
}

function linesOf(found: Rule[], made: ReadonlyMap<number, { inputs: string[] }>): Line[] {
  return found.flatMap((rule) => {
    const reads = made.get(rule.line)?.inputs ?? readsOf(rule);
    const places = new Set(reads.map((read) => placeOf(read, rule.loops)));
    return [...places].map((from) => ({ from, to: keyOf(rule), kind: kindOf(rule.how, rule.source, rule.options) }));
  });
}

/** Without a document: the names that the rule is written with. */
function readsOf(rule: Rule): string[] {
  if (rule.how === 'default') return [];
  const plain =
    rule.how === 'text' ? [...rule.source.matchAll(/\{\{([^}]*)\}\}/g)].map((match) => match[1] ?? '').join(' ') : rule.source;
  return [...new Set(plain.replace(/'[^']*'/g, '').match(/[a-z_]\w*(?:\.\w+)+/gi) ?? [])];
}

/** The fields of the document, and whatever else the rules read, such as the answer of an earlier step. */
function withReads(fields: ReturnType<typeof fieldsOf>, lines: Line[]): ReturnType<typeof fieldsOf> {
  const known = new Set(fields.map((field) => field.path));
  const others = [...new Set(lines.map((line) => line.from))].filter((place) => !known.has(place)).sort();
  return [...fields, ...others.map((place) => ({ path: place, name: place, depth: 0, value: null, list: false }))];
}
