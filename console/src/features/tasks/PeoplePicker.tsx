/** People of the directory, looked for by name; plain elements, because the phone has it too. */
import { useEffect, useId, useState } from 'react';
import { api } from '../../api/client';
import { useT } from '../../i18n';
import { meant, offered, type Person, withoutPerson, withPerson } from './people';
import { idsOf } from './verbs';

/** A pause after the last letter before the directory is asked. */
const QUIET_MS = 250;
const SHOWN_MAX = 8;

export function PeoplePicker({
  label,
  value,
  near,
  onChange,
}: {
  label: string;
  /** Ids, separated by blanks. */
  value: string;
  /** People who have to do with it already: they are offered first. */
  near: readonly Person[];
  onChange: (value: string) => void;
}) {
  const t = useT();
  const id = useId();
  const [text, setText] = useState('');
  const [names, setNames] = useState<Record<string, string>>({});
  const found = useDirectory(text);
  const offers = offered(text, value, near, found ?? []).slice(0, SHOWN_MAX);
  const known = (person: string) => names[person] ?? near.find((each) => each.person === person)?.name ?? person;
  const take = (person: Person) => {
    setNames({ ...names, [person.person]: person.name });
    onChange(withPerson(value, person.person));
    setText('');
  };
  const nobody = text.trim() !== '' && found !== null && offers.length === 0;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {idsOf(value).length > 0 && (
        <ul className="picked" aria-label={t('people.chosen')}>
          {idsOf(value).map((person) => (
            <li key={person}>
              <button
                type="button"
                className="button small"
                aria-label={t('people.take_out', { name: known(person) })}
                onClick={() => onChange(withoutPerson(value, person))}
              >
                {known(person)} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        id={id}
        className="input"
        type="search"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          const person = meant(text, offers);
          if (person) take(person);
        }}
      />
      <span id={`${id}-hint`} className={nobody ? 'fault' : 'hint'} aria-live="polite">
        {nobody ? t('people.nobody') : t('people.search_hint')}
      </span>
      {offers.length > 0 && (
        <ul className="offers" aria-label={t('people.offers')}>
          {offers.map((person) => (
            <li key={person.person}>
              <button type="button" className="button small" onClick={() => take(person)}>
                {person.name} <span className="dim">{[person.department, person.person].filter(Boolean).join(' · ')}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Who fits these letters; null until the directory has said. Who may not ask it is offered whom the task names. */
function useDirectory(text: string): Person[] | null {
  const [found, setFound] = useState<Person[] | null>(null);
  useEffect(() => {
    const q = text.trim();
    setFound(null);
    if (q === '') return;
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await api.GET('/api/v1/people', { params: { query: { q } } }).catch(() => null);
      if (current) setFound(answer?.data?.items ?? []);
    }, QUIET_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);
  return found;
}
