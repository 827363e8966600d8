/** What a verb is given: native fields, the same on the desk and on the phone. */
import { type Dispatch, type SetStateAction, useId } from 'react';
import { useLanguage, useT, useWord } from '../../i18n';
import { titleOf } from '../definitions/titles';
import type { FormField } from '../forms/values';
import { at } from './document';
import { FilesField } from './FilesField';
import { useStepName } from './names';
import { PeoplePicker } from './PeoplePicker';
import { type Task, useFieldName } from './TaskBody';
import { type Edited, edited, type Filled, shownOf } from './verbs';

interface Props {
  task: Task;
  verb: { verb: string; on: string; comment: boolean };
  filled: Filled;
  onFill: Dispatch<SetStateAction<Filled>>;
}

/** A field of the document, drawn as the form draws it that the document began with. */
function Edit({ field, value, onChange }: { field: Task['fields'][number]; value: string; onChange: (value: Edited) => void }) {
  const t = useT();
  const name = useFieldName();
  const { language } = useLanguage();
  const id = useId();
  const form = field.form as FormField | null | undefined;
  const options =
    form?.type === 'yes_no'
      ? [
          { id: 'true', name: t('task.yes') },
          { id: 'false', name: t('task.no') },
        ]
      : form?.type === 'choice' && !form.many
        ? form.options?.map((option) => ({ id: option.id, name: titleOf({ id: option.id, title: option.title ?? {} }, language) }))
        : undefined;
  const shared = {
    id,
    className: 'input',
    value,
    onChange: (event: { target: { value: string } }) => onChange(edited(form?.type, event.target.value)),
  };
  const hint = form?.hint && Object.keys(form.hint).length > 0 ? titleOf({ id: '', title: form.hint }, language) : '';
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {form ? titleOf(form, language) : name(field.field)}
        {field.right === 'required' && ' *'}
      </label>
      {options ? (
        <select {...shared}>
          <option value="">–</option>
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.name}
            </option>
          ))}
        </select>
      ) : form?.type === 'text' && form.multi_line ? (
        <textarea {...shared} rows={3} />
      ) : (
        <input {...shared} type={form?.type === 'date' ? 'date' : 'text'} />
      )}
      {hint && <span className="hint">{hint}</span>}
    </div>
  );
}

export function VerbFields({ task, verb, filled, onFill }: Props) {
  const t = useT();
  const word = useWord();
  const stepName = useStepName();
  const id = useId();
  const { parts, needsPeople } = shownOf(verb.verb);
  // Files arrive while somebody writes: neither loses the other.
  const set = (next: Partial<Filled>) => onFill((now) => ({ ...now, ...next }));
  const known = Object.entries(task.people.names).filter(([person]) => person !== 'system');
  const earlier = [...new Set(task.people.tasks.map((each) => each.step))].filter((step) => step && step !== task.task.step);
  const editable = task.fields.filter((field) => field.right === 'edit' || field.right === 'required');
  return (
    <div className="stack">
      {parts.includes('edits') &&
        editable.map((field) => (
          <Edit
            key={field.field}
            field={field}
            value={field.field in filled.edits ? String(filled.edits[field.field] ?? '') : at(task.document, field.field)}
            onChange={(value) => set({ edits: { ...filled.edits, [field.field]: value } })}
          />
        ))}
      {parts.includes('people') && (
        <PeoplePicker
          label={`${t('task.people')}${needsPeople ? ' *' : ''}`}
          value={filled.people}
          near={known.map(([person, words]) => ({ person, name: words }))}
          onChange={(people) => set({ people })}
        />
      )}
      {parts.includes('place') && (
        <fieldset className="stack tight plain">
          <legend className="label">{t('task.place')}</legend>
          {(['before', 'after', 'beside'] as const).map((place) => (
            <label key={place} className="choice">
              <input type="radio" name={`${id}-place`} checked={filled.place === place} onChange={() => set({ place })} />
              <span>{t(`task.place.${place}`)}</span>
            </label>
          ))}
          <label className="choice">
            <input type="checkbox" checked={filled.inTurn} onChange={(event) => set({ inTurn: event.target.checked })} />
            <span>{t('task.in_turn')}</span>
          </label>
        </fieldset>
      )}
      {parts.includes('step') && (
        <label className="field">
          <span className="label">{t('task.step')}</span>
          <select className="input" value={filled.step} onChange={(event) => set({ step: event.target.value })}>
            <option value="initiator">{t('task.initiator')}</option>
            {earlier.map((step) => (
              <option key={step} value={step}>
                {stepName(step, task.people.titles[step])}
              </option>
            ))}
          </select>
        </label>
      )}
      {parts.includes('straight') && (
        <fieldset className="stack tight plain">
          <legend className="label">{t('task.afterwards')}</legend>
          {[false, true].map((straight) => (
            <label key={String(straight)} className="choice">
              <input
                type="radio"
                name={`${id}-straight`}
                checked={filled.straight === straight}
                onChange={() => set({ straight })}
              />
              <span>{t(straight ? 'task.straight' : 'task.in_order')}</span>
            </label>
          ))}
        </fieldset>
      )}
      {parts.includes('outcome') && (
        <label className="field">
          <span className="label">{t('task.outcome')}</span>
          <select className="input" value={filled.outcome} onChange={(event) => set({ outcome: event.target.value })}>
            <option value="">–</option>
            <option value="approved">{word('outcome', 'approved')}</option>
            <option value="rejected">{word('outcome', 'rejected')}</option>
          </select>
        </label>
      )}
      <label className="field">
        <span className="label">
          {t('task.comment')}
          {verb.comment && ' *'}
        </span>
        <textarea
          className="input"
          rows={3}
          maxLength={4_000}
          value={filled.comment}
          onChange={(event) => set({ comment: event.target.value })}
        />
      </label>
      {parts.includes('files') && (
        <FilesField place={{ on: verb.on, task: task.task.id, instance: task.task.instance }} filled={filled} onFill={onFill} />
      )}
    </div>
  );
}
