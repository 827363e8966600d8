import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { api, take } from '../api/client';
import { type Problem, problemOf } from '../api/problem';
import { signIn, type Ways, ways } from '../app/account';
import { useSentence } from '../app/sentence';
import { session } from '../app/session';
import { useT } from '../i18n';
import { Banner } from '../ui/parts';

/** Asks who it is: by name and password where the hub has accounts, else by a token, which is tried before it is kept. */
export function SignIn({ onDone, children }: { onDone: () => void; children?: ReactNode }) {
  const t = useT();
  const sentence = useSentence();
  const [known, setKnown] = useState<Ways | null>(null);
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    ways().then(setKnown, (error) => setProblem(problemOf(error)));
  }, []);
  const account = known?.password === true;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      if (account) await signIn(name.trim(), secret);
      else {
        await take(api.GET('/api/v1/me', { headers: { authorization: `Bearer ${secret.trim()}` } }));
        session.set(secret.trim());
      }
      onDone();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <main className="phone">
      {children}
      <form className="card" onSubmit={submit}>
        <h1>{t('app.name')}</h1>
        {!account && <p className="dim">{t('signin.what')}</p>}
        {problem && (
          <Banner tone="bad" live>
            {sentence(problem)}
          </Banner>
        )}
        {account && (
          <label className="field">
            <span className="label">{t('signin.name')}</span>
            <input className="input" autoComplete="username" value={name} onChange={(event) => setName(event.target.value)} />
          </label>
        )}
        <label className="field">
          <span className="label">{t(account ? 'signin.password' : 'signin.token')}</span>
          <input
            className="input"
            type="password"
            autoComplete="current-password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        </label>
        <button type="submit" className="button primary" disabled={secret.trim() === '' || (account && name.trim() === '')}>
          {t('signin.enter')}
        </button>
      </form>
    </main>
  );
}
