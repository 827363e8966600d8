import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Card, Select, TextField } from '../../ui';
import type { Setting } from './connector';
import { type Example, example } from './readme';
import { SetUpSteps } from './Steps';
import { egressFor, type Filled, faultOf, fixedEgress, isId, placeFor, written } from './text';
import { type Choice, useSaveDrafts } from './use';

/** What a connection must say, under the vendor's own words, beside the steps by which it is found out. */
export function SettingsStep({
  choice,
  filled,
  onChange,
  taken,
  byHand,
  onSaved,
}: {
  choice: Choice;
  filled: Filled;
  onChange: (filled: Filled) => void;
  taken: ReadonlySet<string>;
  byHand: boolean;
  onSaved: (connection: string) => void;
}) {
  const t = useT();
  const refused = useRefusal()('edit_drafts');
  const save = useSaveDrafts();
  const [asked, setAsked] = useState(false);
  // As it is typed; until then it follows the addresses among the settings.
  const [allowed, setAllowed] = useState(filled.egress.length > 0 ? filled.egress.join(', ') : null);
  const { described, readme } = choice;
  const shown = readme ? example(readme) : { settings: {}, egress: [] };
  const idFault = filled.id === '' ? t('connect.fault.needed') : !isId(filled.id) ? t('connect.fault.not_id') : null;
  const isTaken = taken.has(filled.id);
  const suggested = egressFor(described, filled.settings, fixedEgress(choice.text, shown.egress));
  const egress = allowed === null ? suggested : allowed.split(/[,，\s]+/).filter((each) => each !== '');
  const faults = described.settings.map((setting) => faultOf(setting, filled.settings[setting.name] ?? ''));
  const environmentFault = filled.environment !== '' && !isId(filled.environment) ? t('connect.fault.not_id') : null;
  const isComplete = idFault === null && !isTaken && environmentFault === null && faults.every((fault) => fault === null);
  const next = () => {
    setAsked(true);
    if (!isComplete) return;
    const text = written(described, { ...filled, egress });
    save.mutate({ connection: { id: filled.id, text }, parts: choice.parts }, { onSuccess: () => onSaved(filled.id) });
  };
  if (byHand)
    return (
      <Banner tone="warn">
        <span>{t('connect.by_hand')}</span>
        <Link to="/definitions/$kind/$id" params={{ kind: 'connection', id: filled.id }} search={{ tab: 'text' }}>
          {t('connect.to_text')}
        </Link>
      </Banner>
    );
  return (
    <div className="columns">
      <div className="stack">
        <Card title={t('connect.connection')}>
          <TextField
            label={`${t('connect.id')} *`}
            value={filled.id}
            onChange={(id) => onChange({ ...filled, id })}
            hint={t('connect.id_hint')}
            placeholder={`${described.id}_main`}
            fault={isTaken ? t('connect.fault.taken') : asked || filled.id !== '' ? idFault : null}
            autoFocus
          />
          <TextField
            label={t('connect.environment')}
            value={filled.environment}
            onChange={(environment) => onChange({ ...filled, environment })}
            hint={t('connect.environment_hint')}
            fault={environmentFault}
          />
        </Card>
        <Card title={t('connect.settings')}>
          {described.settings.length === 0 && <p className="dim">{t('connect.no_settings')}</p>}
          {described.settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              connection={filled.id || `${described.id}_main`}
              shown={shown}
              value={filled.settings[setting.name] ?? ''}
              asked={asked}
              onChange={(value) => onChange({ ...filled, settings: { ...filled.settings, [setting.name]: value } })}
            />
          ))}
        </Card>
        <Card title={t('connect.egress')}>
          <p className="dim">{t('connect.egress_what')}</p>
          <TextField
            label={t('connect.egress_allow')}
            value={allowed ?? suggested.join(', ')}
            onChange={setAllowed}
            hint={t('connect.egress_hint')}
          />
        </Card>
        {save.isError && <ProblemView error={save.error} />}
        {asked && !isComplete && <Banner tone="warn">{t('connect.incomplete')}</Banner>}
        <div className="row end">
          <Button kind="primary" refused={refused} disabled={save.isPending} onPress={next}>
            {t('connect.next')}
          </Button>
        </div>
      </div>
      {readme && <SetUpSteps readme={readme} />}
    </div>
  );
}

function SettingField({
  setting,
  connection,
  shown,
  value,
  asked,
  onChange,
}: {
  setting: Setting;
  connection: string;
  shown: Example;
  value: string;
  asked: boolean;
  onChange: (value: string) => void;
}) {
  const t = useT();
  const needed = !setting.optional && setting.standard === null;
  const label = `${setting.name}${needed ? ' *' : ''}`;
  const fault = faultOf(setting, value);
  const said = fault && (asked || fault !== 'needed') ? t(`connect.fault.${fault}` as Key) : null;
  const hint = [setting.note, setting.standard !== null ? t('connect.standard', { value: setting.standard }) : '']
    .filter(Boolean)
    .join(' · ');
  if (setting.type === 'secret')
    return <SecretField {...{ label, value, hint, fault: said, onChange, suggestion: placeFor(connection, setting.name) }} />;
  if (setting.type === 'bool')
    return (
      <Select
        label={label}
        value={value}
        onChange={onChange}
        choices={[
          { id: '', name: setting.standard ?? t('connect.unsaid') },
          { id: 'true', name: 'true' },
          { id: 'false', name: 'false' },
        ]}
      />
    );
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      hint={hint || undefined}
      placeholder={shown.settings[setting.name] ?? setting.standard ?? undefined}
      fault={said}
      autoComplete="off"
    />
  );
}

/** A secret is never typed here: what is asked for is the place where the hub's process finds it. */
function SecretField({
  label,
  value,
  hint,
  fault,
  suggestion,
  onChange,
}: {
  label: string;
  value: string;
  hint: string;
  fault: string | null;
  suggestion: string;
  onChange: (value: string) => void;
}) {
  const t = useT();
  return (
    <div className="stack tight">
      <TextField
        label={t('connect.secret_of', { name: label })}
        value={value}
        onChange={onChange}
        hint={[hint, t('connect.secret_hint')].filter(Boolean).join(' · ')}
        placeholder={suggestion}
        fault={fault}
        autoComplete="off"
      />
      {value === '' && (
        <p className="fold">
          <Button size="small" onPress={() => onChange(suggestion)}>
            {t('connect.take_place', { place: suggestion })}
          </Button>
        </p>
      )}
    </div>
  );
}
