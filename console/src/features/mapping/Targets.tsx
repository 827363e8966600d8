import type { Ref } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Chip } from '../../ui';
import type { Rule } from '../definitions/rules';
import { keyOf } from './MapTab';

interface Props {
  ref: Ref<HTMLUListElement>;
  rules: Rule[];
  made: ReadonlyMap<number, Schemas['PreviewRule']>;
  failed: Schemas['PreviewError'] | null;
  findings: Schemas['Finding'][];
  wanted: string;
  chosen: string | undefined;
  onChoose: (key: string | undefined) => void;
}

/** What is made: each target with its rule and the value of the chosen document. */
export function Targets({ ref, rules, made, failed, findings, wanted, chosen, onChoose }: Props) {
  const t = useT();
  const word = wanted.trim().toLowerCase();
  const shown = rules.filter((rule) => word === '' || `${rule.to} ${rule.source}`.toLowerCase().includes(word));
  return (
    <ul ref={ref} className="map-list" aria-label={t('map.target')}>
      {shown.map((rule) => {
        const key = keyOf(rule);
        const wrong = findings.filter((finding) => finding.place.line === rule.line);
        const value = made.get(rule.line)?.value;
        return (
          <li key={key} data-place={key} className={chosen === key ? 'chosen' : ''}>
            <button
              type="button"
              aria-pressed={chosen === key}
              style={{ paddingInlineStart: 16 + rule.depth * 14 }}
              onClick={() => onChoose(chosen === key ? undefined : key)}
            >
              <span className="port used" aria-hidden="true" />
              <span className="mono">
                {rule.to}
                {rule.required && <span title={t('mapping.required')}> *</span>}
              </span>
              <span className="dim small mono ellipsis">
                {rule.how === 'each' ? '⟳ ' : '= '}
                {rule.source}
              </span>
              <span className="grow" />
              {failed?.rule.line === rule.line ? (
                <Chip tone="bad" icon="alert">
                  {t('map.fails')}
                </Chip>
              ) : wrong.length > 0 ? (
                <Chip tone={wrong.some((finding) => finding.severity === 'error') ? 'bad' : 'warn'} icon="alert">
                  {wrong[0]?.code}
                </Chip>
              ) : (
                value !== undefined && <span className="mono small ellipsis">{shownValue(value)}</span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
