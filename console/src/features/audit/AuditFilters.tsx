import { useEffect, useState } from 'react';
import { useT } from '../../i18n';
import { Button, TextField } from '../../ui';
import { beginning, dayOf } from '../settings/dates';
import type { AuditFilter } from './AuditPage';

/** Who, what, to what, with which outcome, between which days. */
export function AuditFilters({ filter, onChange }: { filter: AuditFilter; onChange: (filter: AuditFilter) => void }) {
  const t = useT();
  const set = (next: AuditFilter) => onChange({ ...filter, ...next });
  const any = Object.values(filter).some(Boolean);
  return (
    <div className="filters audit-filters">
      <Word label={t('audit.actor')} value={filter.actor} onSet={(actor) => set({ actor })} />
      <Word label={t('audit.action')} value={filter.action} onSet={(action) => set({ action })} hint={t('audit.action_hint')} />
      <Word label={t('audit.object')} value={filter.object} onSet={(object) => set({ object })} />
      <Word label={t('audit.outcome')} value={filter.outcome} onSet={(outcome) => set({ outcome })} />
      <TextField
        label={t('audit.since')}
        type="date"
        value={filter.since ? dayOf(new Date(filter.since)) : ''}
        onChange={(day) => set({ since: beginning(day)?.toISOString() })}
      />
      <TextField
        label={t('audit.until')}
        type="date"
        value={filter.until ? dayOf(new Date(new Date(filter.until).getTime() - 1)) : ''}
        onChange={(day) => set({ until: endOf(day) })}
      />
      {any && (
        <Button kind="quiet" icon="cross" onPress={() => onChange({})}>
          {t('filters.clear')}
        </Button>
      )}
    </div>
  );
}

/** The moment at which a day is over. */
function endOf(day: string): string | undefined {
  const first = beginning(day);
  return first ? new Date(first.getFullYear(), first.getMonth(), first.getDate() + 1).toISOString() : undefined;
}

/** A pause after the last letter before the list follows: the filter takes whole words. */
const QUIET_MS = 500;

function Word({
  label,
  value,
  onSet,
  hint,
}: {
  label: string;
  value?: string;
  onSet: (value: string | undefined) => void;
  hint?: string;
}) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const given = text.trim();
  useEffect(() => {
    if (given === (value ?? '')) return;
    const timer = setTimeout(() => onSet(given || undefined), QUIET_MS);
    return () => clearTimeout(timer);
  });
  return <TextField label={label} value={text} onChange={setText} onEnter={() => onSet(given || undefined)} placeholder={hint} />;
}
