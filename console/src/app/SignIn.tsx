import { type FormEvent, useState } from 'react';
import { api, take } from '../api/client';
import { useT } from '../i18n';
import { Banner, Button, TextField } from '../ui';
import { Preferences } from './Preferences';
import { session } from './session';
import { ProblemView } from './states';

/** Asks for a token. It is tried before it is kept, so that a wrong one is said here and not on some page. */
export function SignIn({ ended }: { ended: boolean }) {
  const t = useT();
  const [token, setToken] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '' || busy) return;
    setBusy(true);
    setError(null);
    try {
      await take(api.GET('/api/v1/me', { headers: { authorization: `Bearer ${token.trim()}` } }));
      session.set(token.trim());
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="signin">
      <form className="card" onSubmit={submit}>
        <div className="row between">
          <h1>{t('app.name')}</h1>
          <Preferences />
        </div>
        <p className="dim">{t('signin.what')}</p>
        {ended && !error && <Banner tone="warn">{t('signin.ended')}</Banner>}
        {error !== null && <ProblemView error={error} compact />}
        <TextField
          label={t('signin.token')}
          value={token}
          onChange={setToken}
          type="password"
          hint={t('signin.hint')}
          autoFocus
          autoComplete="current-password"
        />
        <div className="row end">
          <Button kind="primary" type="submit" disabled={busy || token.trim() === ''}>
            {busy ? t('signin.busy') : t('signin.enter')}
          </Button>
        </div>
      </form>
    </main>
  );
}
