import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useT, useWord } from '../../i18n';
import { type Origin, ruleOf } from './origins';

/** Where a field came from: the rule that makes it, or who brought it, and since which revision where that is not this one. */
export function FieldFrom({
  origin,
  definitions,
  document,
  number,
}: {
  origin: Origin;
  definitions: readonly Schemas['DefinitionItem'][];
  document: string;
  number: number;
}) {
  const t = useT();
  const word = useWord();
  const rule = origin.rule ? ruleOf(origin.rule, definitions) : null;
  const reads = (origin.inputs ?? []).join(', ');
  return (
    <span className="dim small" title={reads ? t('data.reads', { fields: reads }) : undefined}>
      {' ← '}
      {origin.rule && rule ? (
        rule.mapping === null ? (
          t('data.rule', { mapping: origin.rule.file, number: rule.number })
        ) : (
          <Link
            to="/definitions/$kind/$id"
            params={{ kind: 'mapping', id: rule.mapping }}
            search={{ tab: 'map', rule: rule.rule, sample: document }}
          >
            {t('data.rule', { mapping: rule.mapping, number: rule.number })}
          </Link>
        )
      ) : origin.actor ? (
        t('data.amended_by', { who: origin.actor })
      ) : (
        word('origin', origin.origin)
      )}
      {origin.since !== number && ` · ${t('data.since', { number: origin.since })}`}
    </span>
  );
}
