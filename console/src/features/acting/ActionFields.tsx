import type { Key } from '../../i18n';
import { useT } from '../../i18n';
import { TextArea, TextField } from '../../ui';
import { ACTIONS, type Action, type Fields } from './actions';

const PLACEHOLDERS: Partial<Record<keyof Fields, string>> = {
  patch: '{"supplier": {"code": "S-2"}}',
  output: '{"external_id": "F100001"}',
};

/** The fields of an action. */
export function ActionFields({
  action,
  fields,
  onChange,
  fault,
}: {
  action: Action;
  fields: Fields;
  onChange: (fields: Fields) => void;
  fault: [keyof Fields, Key] | null;
}) {
  const t = useT();
  const spec = ACTIONS[action];
  return spec.fields.map((name) => {
    const required = spec.required.includes(name);
    const label = `${t(`act.field.${name}` as Key)}${required ? ' *' : ''}`;
    const shared = {
      label,
      value: fields[name],
      onChange: (value: string) => onChange({ ...fields, [name]: value }),
      fault: fault?.[0] === name ? t(fault[1]) : null,
      placeholder: PLACEHOLDERS[name],
    };
    const hint = name === 'patch' ? t('act.patch_hint') : undefined;
    return ['patch', 'output', 'reason', 'proof'].includes(name) ? (
      <TextArea key={name} {...shared} hint={hint} rows={name === 'patch' ? 8 : 2} />
    ) : (
      <TextField key={name} {...shared} />
    );
  });
}
