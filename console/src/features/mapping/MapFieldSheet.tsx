import { useState } from 'react';
import { useT } from '../../i18n';
import { Banner, Button, Sheet, TextField } from '../../ui';
import { useEditing } from '../definitions/editing';
import type { Rule } from '../definitions/rules';
import { keyOf } from './MapTab';
import { withRule, withSource } from './paste';
import { nameOf, type SourceField } from './source';

/** Chooses what a field of the source goes to: a rule that there is, a target that is missing, or one that is typed. */
export function MapFieldSheet({
  field,
  rules,
  missing,
  onClose,
  onChosen,
}: {
  field: SourceField;
  rules: Rule[];
  /** Targets that have to be there and have no rule. */
  missing: readonly string[];
  onClose: () => void;
  onChosen: (key: string | undefined) => void;
}) {
  const t = useT();
  const { text, setText, refused } = useEditing();
  const [wanted, setWanted] = useState('');
  const [inText, setInText] = useState(false);
  const word = wanted.trim().toLowerCase();
  const fits = (to: string) => word === '' || to.toLowerCase().includes(word);
  const targets = rules.flatMap((rule) => {
    const name = rule.how === 'value' ? nameOf(field.path, rule.loops) : null;
    return name !== null && fits(rule.to) ? [{ rule, name }] : [];
  });
  const plain = nameOf(field.path, []);
  const fresh = plain === null ? [] : missing.filter(fits);
  const typed = wanted.trim();
  const put = (longer: string | null, key?: string) => {
    setInText(longer === null);
    if (longer === null) return;
    setText(longer);
    onChosen(key);
    onClose();
  };
  return (
    <Sheet middle onClose={onClose} title={t('map.to', { field: field.path })}>
      <TextField label={t('mapping.target')} value={wanted} onChange={setWanted} type="search" autoFocus />
      {refused && <Banner tone="warn">{refused}</Banner>}
      {inText && <Banner tone="warn">{t('map.in_text')}</Banner>}
      <ul className="stack tight">
        {fresh.map((to) => (
          <li key={`missing ${to}`}>
            <Button refused={refused} onPress={() => put(withRule(text, { to, value: plain ?? '' }))}>
              {t('map.to_missing', { target: to })}
            </Button>
          </li>
        ))}
        {targets.map(({ rule, name }) => (
          <li key={keyOf(rule)}>
            <Button kind="quiet" refused={refused} onPress={() => put(withSource(text, rule, name), keyOf(rule))}>
              <code>{rule.to}</code> <span className="dim small">= {rule.source}</span>
            </Button>
          </li>
        ))}
        {plain !== null && typed !== '' && !rules.some((rule) => rule.to === typed) && (
          <li>
            <Button refused={refused} onPress={() => put(withRule(text, { to: typed, value: plain }))}>
              {t('map.to_new', { target: typed })}
            </Button>
          </li>
        )}
      </ul>
    </Sheet>
  );
}
