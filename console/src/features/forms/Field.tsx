import { useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, Checkbox, Select, TextArea, TextField } from '../../ui';
import { titleOf } from '../definitions/titles';
import { blank, type FormField, type Typed } from './values';

interface Props {
  field: FormField;
  value: Typed[string] | undefined;
  /** JSON Pointer of the field, to find what the hub says about it. */
  at: string;
  faults: Map<string, string>;
  onChange: (value: Typed[string]) => void;
}

/** One field by its type. */
export function Field({ field, value, at, faults, onChange }: Props) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const said = (texts: Record<string, string>) => titleOf({ id: field.id, title: texts }, language);
  // What is filled in when it is left empty need not be filled in.
  const needed = field.required === true && typeof field.default !== 'string';
  const label = `${said(field.title)}${needed ? ' *' : ''}`;
  const hints = [
    // No hint comes as one without words.
    field.hint && Object.keys(field.hint).length > 0 ? said(field.hint) : '',
    typeof field.default === 'string' && field.type !== 'choice'
      ? t('forms.default', { value: word('form_default', field.default) })
      : '',
  ];
  const hint = hints.filter(Boolean).join(' ') || undefined;
  const fault = faults.get(at) ?? null;
  if (field.type === 'lines')
    return (
      <Lines field={field} label={label} value={Array.isArray(value) ? value : []} at={at} faults={faults} onChange={onChange} />
    );
  if (field.type === 'attachment') return <Banner>{t('forms.attachment', { title: said(field.title) })}</Banner>;
  if (field.type === 'yes_no') {
    return (
      <Checkbox checked={value === true} onChange={onChange}>
        {label}
      </Checkbox>
    );
  }
  const shared = { label, value: typeof value === 'string' ? value : '', onChange, hint, fault };
  if (field.type === 'choice' && field.options && !field.many) {
    const choices = [
      { id: '', name: '–' },
      ...field.options.map((option) => ({ id: option.id, name: titleOf({ id: option.id, title: option.title ?? {} }, language) })),
    ];
    return (
      <div className="stack tight">
        <Select label={label} value={shared.value} onChange={onChange} choices={choices} />
        {fault && <span className="fault">{fault}</span>}
      </div>
    );
  }
  if (field.type === 'text' && field.multi_line) return <TextArea {...shared} />;
  return (
    <TextField
      {...shared}
      type={field.type === 'date' ? 'date' : 'text'}
      placeholder={field.type === 'decimal' ? '0.00' : undefined}
    />
  );
}

function Lines({
  field,
  label,
  value,
  at,
  faults,
  onChange,
}: {
  field: FormField;
  label: string;
  value: Typed[];
  at: string;
  faults: Map<string, string>;
  onChange: (value: Typed[]) => void;
}) {
  const t = useT();
  const own = faults.get(at);
  return (
    <fieldset className="form-lines">
      <legend>{label}</legend>
      {own && <span className="fault">{own}</span>}
      {value.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
        <div key={index} className="form-line">
          {(field.fields ?? []).map((inner) => (
            <Field
              key={inner.id}
              field={inner}
              value={line[inner.id]}
              at={`${at}/${index}/${inner.id}`}
              faults={faults}
              onChange={(next) => onChange(value.map((each, place) => (place === index ? { ...each, [inner.id]: next } : each)))}
            />
          ))}
          <Button
            kind="quiet"
            icon="cross"
            label={t('forms.remove_line', { number: index + 1 })}
            onPress={() => onChange(value.filter((_, place) => place !== index))}
          />
        </div>
      ))}
      <div>
        <Button size="small" onPress={() => onChange([...value, blank(field.fields ?? [])])}>
          {t('forms.add_line')}
        </Button>
      </div>
    </fieldset>
  );
}
