/** The columns that somebody leaves out, kept in this browser under their name. */
import { useState } from 'react';
import { useMe } from '../../app/me';
import { store, stored } from '../../i18n';
import { hiddenOf, toggled } from './columns';

const keyOf = (list: string, person: string) => `waybill.columns.${list}.${person}`;

export function useHidden(list: string) {
  const me = useMe();
  const person = me.data?.name ?? '';
  const [now, setNow] = useState<{ person: string; hidden: ReadonlySet<string> } | null>(null);
  const hidden = now?.person === person ? now.hidden : hiddenOf(person ? stored(keyOf(list, person)) : null);
  const toggle = (id: string) => {
    const next = toggled(hidden, id);
    setNow({ person, hidden: next });
    if (person) store(keyOf(list, person), [...next].join(','));
  };
  return { hidden, toggle };
}
