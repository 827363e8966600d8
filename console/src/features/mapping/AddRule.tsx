import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Banner, Button, TextField } from '../../ui';
import { useEditing } from '../definitions/editing';
import { PasteSheet } from './PasteSheet';
import { type Pasted, rowsOf, withRule } from './paste';
import { nameOf, type SourceField } from './source';
import { suggest } from './suggest';

/** A new rule at the end: a target that is missing or typed, and where its value comes from. */
export function AddRule({ fields, findings }: { fields: SourceField[]; findings: Schemas['Finding'][] }) {
  const t = useT();
  const { text, setText, refused } = useEditing();
  const [target, setTarget] = useState('');
  const [value, setValue] = useState('');
  const [inText, setInText] = useState(false);
  const [rows, setRows] = useState<Pasted[] | null>(null);
  const missing = missingOf(findings);
  const offers = suggest(target, fields).flatMap((offer) => {
    const name = nameOf(offer.path, []);
    return name === null ? [] : [{ ...offer, name }];
  });
  const add = () => {
    const longer = withRule(text, { to: target.trim(), value: value.trim() });
    setInText(longer === null);
    if (longer === null) return;
    setText(longer);
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
        <TextField
          label={t('map.new_target')}
          value={target}
          onChange={setTarget}
          hint={t('map.paste_hint')}
          onPaste={(piece) => {
            const found = rowsOf(piece);
            if (found) setRows(found);
            return found !== null;
          }}
        />
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
      {rows && <PasteSheet rows={rows} onClose={() => setRows(null)} />}
      {inText && <Banner tone="warn">{t('map.in_text')}</Banner>}
    </div>
  );
}

/** Targets that have to be there and have no rule. */
export function missingOf(findings: Schemas['Finding'][]): string[] {
  return findings.filter((finding) => finding.code === 'unmapped_target').map(named);
}

/** The target that a finding names in backticks. */
function named(finding: Schemas['Finding']): string {
  return /`([^`]+)`/.exec(finding.message)?.[1] ?? finding.path;
}
