import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useT } from '../i18n';
import { Button, TextField, Time } from '../ui';
import { lookAtLink, takeLink } from './account';
import { Frame, useSubmit } from './SignIn';
import { Loaded, ProblemView } from './states';

/** The first owner of a hub, or a new password: what a link that works once is for. */
export function OneTimeLink({ link, onTaken }: { link: string; onTaken: () => void }) {
  const t = useT();
  const query = useQuery({ queryKey: ['link', link], queryFn: () => lookAtLink(link), retry: false });
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const first = query.data?.purpose === 'setup';
  const { error, busy, submit } = useSubmit(async () => {
    await takeLink(link, password, first ? name.trim() : undefined);
    onTaken();
  });
  return (
    <Frame>
      <Loaded query={query} lines={4}>
        {(found) => (
          <form className="stack" onSubmit={submit}>
            <p>{first ? t('signin.first_owner') : t('signin.new_password', { name: found.name ?? '' })}</p>
            <p className="dim small">
              {t('signin.link_until')} <Time at={found.expires_at} exact />
            </p>
            {error !== null && <ProblemView error={error} compact />}
            {first && <TextField label={t('signin.name')} value={name} onChange={setName} autoComplete="username" autoFocus />}
            <TextField
              label={t('signin.password')}
              value={password}
              onChange={setPassword}
              type="password"
              hint={t('signin.password_hint')}
              autoComplete="new-password"
            />
            <div className="row end">
              <Button kind="primary" type="submit" disabled={busy || password === '' || (first && name.trim() === '')}>
                {busy ? t('signin.busy') : t('signin.set')}
              </Button>
            </div>
          </form>
        )}
      </Loaded>
    </Frame>
  );
}
