/** What a verb is given: native fields, the same on the desk and on the phone. */
import { useId } from 'react';
import { useT, useWord } from '../../i18n';
import { at } from './document';
import { useStepName } from './names';
import { type Task, useFieldName } from './TaskBody';
import { type Filled, shownOf } from './verbs';

interface Props {
  task: Task;
  verb: { verb: string; comment: boolean };
  filled: Filled;
  onFill: (filled: Filled) => void;
}

export function VerbFields({ task, verb, filled, onFill }: Props) {
  const t = useT();
  const word = useWord();
  const name = useFieldName();
  const stepName = useStepName();
  const id = useId();
  const { parts, needsPeople } = shownOf(verb.verb);
  const set = (next: Partial<Filled>) => onFill({ ...filled, ...next });
  const known = Object.entries(task.people.names).filter(([person]) => person !== 'system');
  const earlier = [...new Set(task.people.tasks.map((each) => each.step))].filter((step) => step && step !== task.task.step);
  const editable = task.fields.filter((field) => field.right === 'edit' || field.right === 'required');
  return (
    <div className="stack">
      {parts.includes('edits') &&
        editable.map((field) => (
          <label key={field.field} className="field">
            <span className="label">
              {name(field.field)}
              {field.right === 'required' && ' *'}
            </span>
            <input
              className="input"
              value={filled.edits[field.field] ?? at(task.document, field.field)}
              onChange={(event) => set({ edits: { ...filled.edits, [field.field]: event.target.value } })}
            />
          </label>
        ))}
      {parts.includes('people') && (
        <label className="field">
          <span className="label">
            {t('task.people')}
            {needsPeople && ' *'}
          </span>
          <input className="input" list={id} value={filled.people} onChange={(event) => set({ people: event.target.value })} />
          <datalist id={id}>
            {known.map(([person, words]) => (
              <option key={person} value={person}>
                {words}
              </option>
            ))}
          </datalist>
          <span className="hint">{t('task.people_hint')}</span>
        </label>
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
      {parts.includes('files') && (
        <label className="field">
          <span className="label">{t('task.file')}</span>
          <input className="input" value={filled.file} onChange={(event) => set({ file: event.target.value })} />
          <span className="hint">{t('task.file_hint')}</span>
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
    </div>
  );
}
