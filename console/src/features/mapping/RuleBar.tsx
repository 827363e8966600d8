import { lazy, type Ref, Suspense, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Banner, Button, Card, Chip, Skeleton } from '../../ui';
import { apply, removeItem, setScalar } from '../../yamltext/edits';
import { useEditing } from '../definitions/editing';
import type { Rule } from '../definitions/rules';
import type { ExpressionHandle } from './ExpressionField';
import { nameOf, type SourceField } from './source';
import { shownValue } from './Targets';

const ExpressionField = lazy(() => import('./ExpressionField').then((module) => ({ default: module.ExpressionField })));

/** The chosen rule: its expression to write in, and what that makes of the document, a moment after the last key. */
export function RuleBar({
  rule,
  fields,
  made,
  failed,
  onGone,
  ref,
}: {
  rule: Rule;
  fields: SourceField[];
  made?: Schemas['PreviewRule'];
  failed: Schemas['PreviewError'] | null;
  onGone: () => void;
  ref: Ref<ExpressionHandle>;
}) {
  const t = useT();
  const { text, setText, refused, quiet, findings, path } = useEditing();
  const [inText, setInText] = useState(false);
  const wrong = findings.filter((finding) => finding.file === path && finding.place.line === rule.line);
  const reach = fields.flatMap((field) => {
    const name = nameOf(field.path, rule.loops);
    return name === null ? [] : [{ name, value: field.value }];
  });
  const write = (value: string) => {
    const edits = setScalar(text, [...rule.path, rule.how], value);
    setInText(edits === null);
    if (edits) setText(apply(text, edits));
  };
  const remove = () => {
    const index = rule.path.at(-1);
    const edits = typeof index === 'number' ? removeItem(text, rule.path.slice(0, -1), index) : null;
    setInText(edits === null);
    if (!edits) return;
    setText(apply(text, edits));
    onGone();
  };
  return (
    <div className="rule-bar">
      <Card
        title={
          <span className="row tight">
            <code>{rule.to}</code> <span className="dim small">{rule.how}</span>
          </span>
        }
        action={
          <Button size="small" kind="quiet" icon="cross" refused={refused} onPress={remove}>
            {t('map.remove')}
          </Button>
        }
      >
        <Suspense fallback={<Skeleton lines={1} />}>
          <ExpressionField
            ref={ref}
            label={t('map.expression', { target: rule.to })}
            value={rule.source}
            fields={reach}
            readOnly={refused !== null || rule.how === ''}
            onChange={write}
          />
        </Suspense>
        <div className="row" role="status">
          {failed ? (
            <Chip tone="bad" icon="alert">
              {failed.message}
            </Chip>
          ) : (
            made && (
              <span>
                <span className="dim">{t('map.makes')}</span> <strong className="mono">{shownValue(made.value)}</strong>
              </span>
            )
          )}
          {made && made.inputs.length > 0 && (
            <span className="dim small">{t('map.reads', { names: [...new Set(made.inputs)].join(', ') })}</span>
          )}
          {text !== quiet && <span className="dim small">…</span>}
        </div>
        {wrong.map((finding) => (
          <Banner key={`${finding.code}-${finding.place.column}`} tone={finding.severity === 'error' ? 'bad' : 'warn'}>
            <span className="wrap">{finding.message}</span>
            {finding.hint && <span className="dim wrap">{finding.hint}</span>}
          </Banner>
        ))}
        {inText && <Banner tone="warn">{t('map.in_text')}</Banner>}
        {rule.options.length > 0 && <p className="dim small wrap">{rule.options.join(' · ')}</p>}
      </Card>
    </div>
  );
}
