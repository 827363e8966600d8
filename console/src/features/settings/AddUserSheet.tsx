import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Sheet, TextField } from '../../ui';
import { TellOnce, whole } from './TellOnce';
import { BLANK, bodyOf, UserFields } from './UserFields';

/** Adds somebody; they come in by a link that is shown once. */
export function AddUserSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [known, setKnown] = useState(BLANK);
  const add = useMutation({
    mutationFn: () => take(api.POST('/api/v1/users', { body: { name: name.trim(), ...bodyOf(known) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
  return (
    <Sheet
      onClose={onClose}
      title={t('people.add')}
      footer={
        add.data ? (
          <Button kind="primary" onPress={onClose}>
            {t('close')}
          </Button>
        ) : (
          <Button
            kind="primary"
            refused={name.trim() === '' ? t('act.needed') : null}
            disabled={add.isPending}
            onPress={() => add.mutate()}
          >
            {t('people.add')}
          </Button>
        )
      }
    >
      {add.data ? (
        <TellOnce
          what={t('people.added', { name: add.data.user.name })}
          secret={whole(add.data.link.url)}
          until={add.data.link.expires_at}
        />
      ) : (
        <>
          <p className="dim">{t('people.add_what')}</p>
          <TextField label={`${t('people.name')} *`} value={name} onChange={setName} hint={t('people.name_hint')} autoFocus />
          <UserFields known={known} onChange={setKnown} />
          {add.isError && <ProblemView error={add.error} />}
        </>
      )}
    </Sheet>
  );
}
