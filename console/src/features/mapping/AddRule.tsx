import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Banner, Button, TextField } from '../../ui';
import { appendItem, apply } from '../../yamltext/edits';
import { useEditing } from '../definitions/editing';
import { nameOf, type SourceField } from './source';
import { suggest } from './suggest';

/** A new rule at the end: a target that is missing or typed, and where its value comes from. */
export function AddRule({ fields, findings }: { fields: SourceField[]; findings: Schemas['Finding'][] }) {
  const t = useT();
  const { text, setText, refused } = useEditing();
  const [target, setTarget] = useState('');
  const [value, setValue] = useState('');
  const [inText, setInText] = useState(false);
  const missing = findings.filter((finding) => finding.code === 'unmapped_target').map(named);
  const offers = suggest(target, fields).flatMap((offer) => {
    const name = nameOf(offer.path, []);
    return name === null ? [] : [{ ...offer, name }];
  });
  const add = () => {
    const edits = appendItem(text, ['fields'], `{to: ${quoted(target.trim())}, value: ${quoted(value.trim())}}`);
    setInText(edits === null);
    if (!edits) return;
    setText(apply(text, edits));
    setTarget('');
    setValue('');
  };
  return (
    <div className="stack">
      {missing.length > 0 && (
        <div className="row">
          <span className="bad-text">{t('map.missing')}</span>
          {missing.map((name) => (
            <Button key={name} size="small" onPress={() => setTarget(name)}>
              {name}
            </Button>
          ))}
        </div>
      )}
      <div className="form-line">
        <TextField label={t('map.new_target')} value={target} onChange={setTarget} />
        <TextField label={t('map.new_value')} value={value} onChange={setValue} onEnter={add} />
        <Button refused={refused ?? (target.trim() && value.trim() ? null : t('act.needed'))} onPress={add}>
          {t('map.add')}
        </Button>
      </div>
      {offers.length > 0 && (
        <div className="row">
          <span className="dim small">{t('map.offers')}</span>
          {offers.map((offer) => (
            <Button key={offer.path} size="small" kind="quiet" onPress={() => setValue(offer.name)}>
              {offer.name} · {t(`map.reason.${offer.reason}`)}
            </Button>
          ))}
        </div>
      )}
      {inText && <Banner tone="warn">{t('map.in_text')}</Banner>}
    </div>
  );
}

/** The target that a finding names in backticks. */
function named(finding: Schemas['Finding']): string {
  return /`([^`]+)`/.exec(finding.message)?.[1] ?? finding.path;
}

/** A text inside braces: as it is where YAML reads it back so, else in double quotes. */
function quoted(words: string): string {
  return /^[A-Za-z_][\w.]*$/.test(words) ? words : JSON.stringify(words);
}
