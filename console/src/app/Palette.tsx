import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import { api, take } from '../api/client';
import { KEYS_MAX, lookedFor, pastedKeys } from '../format/keys';
import { useT, useWord } from '../i18n';
import { Icon, type IconName, Sheet, StatusChip, toast } from '../ui';
import { AREAS } from './Shell';

interface Found {
  id: string;
  name: string;
  detail?: React.ReactNode;
  icon: IconName;
  go: () => void;
}

/** After the last key; a pasted number is found at once all the same, because it comes in one piece. */
const QUIET_MS = 120;
const SHOWN_MAX = 12;

/** Search over everything: any business key as it is pasted, and the areas by their names. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const list = useId();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const asked = useQuiet(text.trim());
  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: () => take(api.GET('/api/v1/documents', { params: { query: { q: asked, limit: SHOWN_MAX } } })),
    enabled: asked !== '',
    staleTime: 5_000,
  });
  const leave = (go: () => void) => () => {
    onClose();
    go();
  };
  const areas = AREAS.filter((area) => text.trim() === '' || t(area.name).toLowerCase().includes(text.trim().toLowerCase()));
  const entries: Found[] = [
    ...(asked === '' ? [] : (found.data?.items ?? [])).map((row) => ({
      id: row.id,
      name: row.key,
      icon: 'document' as const,
      detail: (
        <>
          <span className="dim">{word('type', row.type)}</span> <StatusChip room="document" state={row.status} />
        </>
      ),
      go: leave(() => void navigate({ to: '/docs/$doc', params: { doc: row.id } })),
    })),
    ...areas.map((area) => ({ id: area.to, name: t(area.name), icon: area.icon, go: leave(() => void navigate({ to: area.to })) })),
  ];
  const chosen = Math.min(active, entries.length - 1);
  const pasted = (piece: string): boolean => {
    const keys = pastedKeys(piece);
    if (keys.length < 2) return false;
    const looked = lookedFor(keys);
    if (looked.cut) toast({ tone: 'warn', text: t('keys_result.cut', looked.cut) });
    leave(() => void navigate({ to: '/docs', search: { keys: looked.keys.join(',') } }))();
    return true;
  };
  return (
    <Sheet onClose={onClose} title={t('shell.search')} middle>
      <input
        className="input"
        role="combobox"
        aria-label={t('shell.search')}
        aria-expanded={entries.length > 0}
        aria-controls={list}
        aria-activedescendant={entries[chosen] ? `${list}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder={t('search.placeholder')}
        // biome-ignore lint/a11y/noAutofocus: the sheet was opened to type into this
        autoFocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onPaste={(event) => {
          if (pasted(event.clipboardData.getData('text'))) event.preventDefault();
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
          const move = moves[event.key];
          if (move) {
            event.preventDefault();
            setActive(Math.max(0, Math.min(entries.length - 1, chosen + move)));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            // What is shown may be the answer to what was typed before.
            if (asked === text.trim() && !found.isFetching) entries[chosen]?.go();
          }
        }}
      />
      <div id={list} role="listbox" aria-label={t('search.found')}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={entry.id}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="option"
            data-focused={index === chosen ? '' : undefined}
            onClick={entry.go}
          >
            <Icon name={entry.icon} />
            <span className="grow">{entry.name}</span>
            {entry.detail}
          </div>
        ))}
      </div>
      <p className="dim small" role="status">
        {asked !== '' && found.isFetching && t('search.looking')}
        {asked !== '' && found.data?.items.length === 0 && !found.isFetching && t('search.none', { what: asked })}
        {found.isError && asked !== '' && t('search.failed')}
        {asked === '' && t('search.hint', { max: KEYS_MAX })}
      </p>
    </Sheet>
  );
}

function useQuiet(text: string): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return quiet;
}
