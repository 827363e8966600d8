import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useT } from '../../i18n';
import { TextArea, TextField } from '../../ui';

/** A value for the hub to keep: it goes in, and nothing gives it back. */
export function SetSecretSheet({ name: known, version, onClose }: { name?: string; version?: number; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState(known ?? '');
  const [value, setValue] = useState('');
  const [ends, setEnds] = useState('');
  // Of what was on the page when it was opened: a value that somebody sets meanwhile is not overwritten unseen.
  const [seen] = useState(version === undefined ? { 'If-None-Match': '*' } : { 'If-Match': `"${version}"` });
  const set = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/v1/secrets/{name}', {
          params: { path: { name: name.trim() }, header: seen },
          body: { value, expires_at: ends ? `${ends}T00:00:00Z` : undefined },
        }),
      ),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['secrets'] });
    },
  });
  return (
    <AskSheet
      title={t('secrets.set')}
      act={t('secrets.set')}
      ask={set}
      refused={name.trim() === '' || value === '' ? t('act.needed') : null}
      onClose={onClose}
    >
      <p className="dim">{t('secrets.set_what')}</p>
      {known === undefined && (
        <TextField label={`${t('secrets.name')} *`} value={name} onChange={setName} hint={t('secrets.name_hint')} autoFocus />
      )}
      <TextArea label={`${t('secrets.value')} *`} value={value} onChange={setValue} />
      <TextField label={t('secrets.ends')} value={ends} onChange={setEnds} type="date" hint={t('secrets.ends_hint')} />
    </AskSheet>
  );
}
