import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { api, take } from '../../api/client';
import { useMe } from '../../app/me';
import { useT } from '../../i18n';

/** A pause after the last letter before the directory is asked. */
const QUIET_MS = 250;

/** Somebody of the directory: typed as an id or found by name. */
export function PersonField({
  label,
  value,
  onChange,
  hint,
}: {
  label: string;
  value: string;
  onChange: (person: string) => void;
  hint?: string;
}) {
  const t = useT();
  const id = useId();
  const me = useMe();
  const [asked, setAsked] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(value.trim()), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const query = useQuery({
    queryKey: ['people', asked],
    queryFn: () => take(api.GET('/api/v1/people', { params: { query: { q: asked } } })),
    // Who may not look people up types the id.
    enabled: me.data?.permissions.includes('decide') ?? false,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const items = query.data?.items ?? [];
  const chosen = items.find((item) => item.person === value.trim());
  const nobody = query.isSuccess && !query.isPlaceholderData && value.trim() !== '' && value.trim() === asked && items.length === 0;
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        className="input"
        list={id}
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {items.map((item) => (
          <option key={item.person} value={item.person}>
            {item.department ? `${item.name} · ${item.department}` : item.name}
          </option>
        ))}
      </datalist>
      <span id={`${id}-hint`} className={nobody ? 'fault' : 'hint'} aria-live="polite">
        {chosen ? chosen.name : nobody ? t('people.nobody') : hint}
      </span>
    </label>
  );
}
