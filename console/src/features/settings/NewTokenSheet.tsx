import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useMe } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Checkbox, Sheet, TextField } from '../../ui';
import { PERMISSIONS } from './RolesSection';
import { TellOnce } from './TellOnce';
import type { Whose } from './TokensSection';

const DAYS_MAX = 366;

/** A token for a program, shown once. It may nothing that its maker may not. */
export function NewTokenSheet({ whose, onClose }: { whose: Whose; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const me = useMe();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [rights, setRights] = useState<ReadonlySet<string>>(new Set(['read']));
  const may = new Set(me.data?.permissions);
  const number = Number(days);
  const wrongDays = !/^\d+$/.test(days) || number < 1 || number > DAYS_MAX;
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), permissions: PERMISSIONS.filter((right) => rights.has(right)), days: number };
      return take(whose === 'own' ? api.POST('/api/v1/me/tokens', { body }) : api.POST('/api/v1/tokens', { body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const lacks = name.trim() === '' || rights.size === 0 ? t('act.needed') : wrongDays ? t('tokens.days_hint') : null;
  const turn = (right: string, on: boolean) =>
    setRights(new Set(on ? [...rights, right] : [...rights].filter((each) => each !== right)));
  return (
    <Sheet
      onClose={onClose}
      title={t(whose === 'own' ? 'tokens.make_own' : 'tokens.make_service')}
      footer={
        make.data ? (
          <Button kind="primary" onPress={onClose}>
            {t('close')}
          </Button>
        ) : (
          <Button kind="primary" refused={lacks} disabled={make.isPending} onPress={() => make.mutate()}>
            {t('tokens.make')}
          </Button>
        )
      }
    >
      {make.data ? (
        <TellOnce
          what={t('tokens.made', { name: make.data.known.name })}
          secret={make.data.token}
          until={make.data.known.expires_at}
        />
      ) : (
        <>
          <p className="dim">{t(whose === 'own' ? 'tokens.own_what' : 'tokens.service_what')}</p>
          <TextField label={`${t('tokens.name')} *`} value={name} onChange={setName} hint={t('tokens.name_hint')} autoFocus />
          <fieldset className="plain stack tight">
            <legend className="label">{t('tokens.may')} *</legend>
            <div className="role-choices">
              {PERMISSIONS.filter((right) => may.has(right)).map((right) => (
                <Checkbox key={right} checked={rights.has(right)} onChange={(on) => turn(right, on)}>
                  <span className="stack none">
                    <span>{word('permission', right)}</span>
                    <span className="dim small">{word('permission_what', right)}</span>
                  </span>
                </Checkbox>
              ))}
            </div>
          </fieldset>
          <TextField
            label={t('tokens.days')}
            value={days}
            onChange={setDays}
            hint={t('tokens.days_hint')}
            fault={wrongDays ? t('tokens.days_hint') : null}
          />
          {make.isError && <ProblemView error={make.error} />}
        </>
      )}
    </Sheet>
  );
}
