import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { useMessages } from '../../app/texts';
import { KEYS_MAX, lookedFor, pastedKeys } from '../../format/keys';
import { useLanguage, useT, useWord } from '../../i18n';
import { Button, type Choice, Select, Sheet, TextArea, TextField, toast } from '../../ui';
import { choicesOf } from '../definitions/titles';
import type { DocumentSearch } from './DocumentsPage';
import { useStatuses } from './statuses';

export function Filters({
  filter,
  onChange,
  onKeys,
}: {
  filter: DocumentSearch;
  onChange: (filter: DocumentSearch) => void;
  onKeys: (keys: string[]) => void;
}) {
  const t = useT();
  const word = useWord();
  const texts = useMessages();
  const { language } = useLanguage();
  const [text, setText] = useState(filter.q ?? '');
  const [more, setMore] = useState(false);
  const [pasting, setPasting] = useState(false);
  useEffect(() => setText(filter.q ?? ''), [filter.q]);
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: () => take(api.GET('/api/v1/connections')),
    staleTime: 60_000,
  });
  const definitions = useQuery({
    queryKey: ['definitions', ''],
    queryFn: () => take(api.GET('/api/v1/definitions')),
    staleTime: 60_000,
  });
  const counts = useQuery({ queryKey: ['counts'], queryFn: () => take(api.GET('/api/v1/documents/counts')) });
  const statuses = useStatuses(filter.type, [...(filter.type ? [] : Object.keys(counts.data?.in_flight ?? {})), filter.status]);
  const set = (key: keyof DocumentSearch) => (value: string) => {
    const { [key]: _gone, ...rest } = filter;
    onChange(value === '' ? rest : { ...rest, [key]: value });
  };
  const ids = (kind: string) => (definitions.data?.items ?? []).filter((item) => item.kind === kind).map((item) => item.id);
  const any = { id: '', name: t('filters.any') };
  const pasted = (piece: string): boolean => {
    const keys = pastedKeys(piece);
    if (keys.length < 2) return false;
    search(keys);
    return true;
  };
  const search = (keys: string[]) => {
    const looked = lookedFor(keys);
    if (looked.cut) toast({ tone: 'warn', text: t('keys_result.cut', looked.cut) });
    onKeys(looked.keys);
  };
  const count = Object.keys(filter).filter((name) => !['q', 'status', 'type', 'standing'].includes(name)).length;
  return (
    <div className="filters">
      <div className="field search">
        <TextField
          label={t('filters.q')}
          value={text}
          onChange={setText}
          type="search"
          placeholder={t('search.placeholder')}
          onEnter={() => set('q')(text.trim())}
          onPaste={pasted}
        />
      </div>
      <Select
        label={t('documents.type')}
        value={filter.type ?? ''}
        onChange={set('type')}
        choices={[
          any,
          // Types that ship have a word; a company's own have their title.
          ...choicesOf('document', ids('document'), definitions.data?.items, language).map((choice) =>
            `type.${choice.id}` in texts ? { id: choice.id, name: word('type', choice.id) } : choice,
          ),
        ]}
      />
      <Select
        label={t('documents.state')}
        value={filter.status ?? ''}
        onChange={set('status')}
        choices={[any, ...statuses.map((id) => ({ id, name: word('status', id) }))]}
      />
      <Button onPress={() => set('q')(text.trim())} icon="search">
        {t('filters.search')}
      </Button>
      <Button onPress={() => setPasting(true)}>{t('filters.paste')}</Button>
      <Button onPress={() => setMore(true)}>{count > 0 ? t('filters.more_count', { count }) : t('filters.more')}</Button>
      {Object.keys(filter).length > 0 && (
        <Button kind="quiet" icon="cross" onPress={() => onChange({})}>
          {t('filters.clear')}
        </Button>
      )}
      {pasting && <Paste onClose={() => setPasting(false)} onKeys={search} />}
      {more && (
        <More
          filter={filter}
          onClose={() => setMore(false)}
          onChange={(next) => {
            setMore(false);
            onChange(next);
          }}
          flows={choicesOf('flow', ids('flow'), definitions.data?.items, language)}
          systems={choicesOf(
            'connection',
            (connections.data?.items ?? []).map((item) => item.connection),
            definitions.data?.items,
            language,
          )}
        />
      )}
    </div>
  );
}

function Paste({ onClose, onKeys }: { onClose: () => void; onKeys: (keys: string[]) => void }) {
  const t = useT();
  const [text, setText] = useState('');
  const keys = pastedKeys(text);
  return (
    <Sheet
      middle
      onClose={onClose}
      title={t('filters.paste')}
      footer={
        <Button kind="primary" disabled={keys.length === 0} onPress={() => onKeys(keys)}>
          {t('filters.paste_go', { count: keys.length })}
        </Button>
      }
    >
      <TextArea label={t('filters.paste_label', { max: KEYS_MAX })} value={text} onChange={setText} rows={12} autoFocus />
    </Sheet>
  );
}

function More({
  filter,
  onClose,
  onChange,
  flows,
  systems,
}: {
  filter: DocumentSearch;
  onClose: () => void;
  onChange: (filter: DocumentSearch) => void;
  flows: Choice[];
  systems: Choice[];
}) {
  const t = useT();
  const refusal = useRefusal();
  const [draft, setDraft] = useState(filter);
  const set = (key: keyof DocumentSearch) => (value: string) => setDraft({ ...draft, [key]: value });
  const any = { id: '', name: t('filters.any') };
  const day = (text: string | undefined) => (text ? local(text) : '');
  const apply = () => onChange(Object.fromEntries(Object.entries(draft).filter(([, value]) => value)) as DocumentSearch);
  const noPayloads = refusal('see_payloads');
  return (
    <Sheet
      onClose={onClose}
      title={t('filters.more')}
      footer={
        <Button kind="primary" onPress={apply}>
          {t('filters.apply')}
        </Button>
      }
    >
      <Select label={t('filters.flow')} value={draft.flow ?? ''} onChange={set('flow')} choices={[any, ...flows]} />
      <Select label={t('filters.system')} value={draft.system ?? ''} onChange={set('system')} choices={[any, ...systems]} />
      <div className="columns">
        <TextField
          label={t('filters.since')}
          type="date"
          value={day(draft.since)}
          onChange={(value) => set('since')(instant(value, 0))}
        />
        <TextField
          label={t('filters.until')}
          type="date"
          value={draft.until ? local(new Date(new Date(draft.until).getTime() - 1).toISOString()) : ''}
          onChange={(value) => set('until')(instant(value, 1))}
        />
        <TextField
          label={t('filters.amount_from')}
          value={draft.amount_from ?? ''}
          onChange={set('amount_from')}
          placeholder="0.00"
        />
        <TextField label={t('filters.amount_to')} value={draft.amount_to ?? ''} onChange={set('amount_to')} placeholder="0.00" />
      </div>
      <TextField label={t('filters.owner')} value={draft.owner ?? ''} onChange={set('owner')} />
      <TextArea
        label={t('filters.body')}
        value={draft.body ?? ''}
        onChange={set('body')}
        hint={noPayloads ?? t('filters.body_hint')}
        placeholder='{"supplier": {"code": "S-1"}}'
      />
    </Sheet>
  );
}

/** The day of a time, as the reader's calendar has it. */
function local(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}

/** The beginning of a day, or of the day after it. */
function instant(day: string, after: number): string {
  const [year, month, date] = day.split('-').map(Number);
  return year && month && date ? new Date(year, month - 1, date + after).toISOString() : '';
}
