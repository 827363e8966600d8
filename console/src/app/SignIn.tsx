import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, take } from '../api/client';
import { ApiError, own } from '../api/problem';
import { useT } from '../i18n';
import { Banner, Button, Sentence, TextField } from '../ui';
import { goTo, signIn, ways } from './account';
import { OneTimeLink } from './OneTimeLink';
import { Preferences } from './Preferences';
import { session } from './session';
import { ProblemView } from './states';

/** A one-time link behind `#`, which browsers send to nobody; it leaves the address at once. */
let link = linkOf();

function linkOf(): string | null {
  const match = location.pathname === '/sign-in' ? /^#link=([\w.~-]+)$/.exec(location.hash) : null;
  if (match) history.replaceState(null, '', '/');
  return match?.[1] ?? null;
}

/** Why a sign-in at a provider came to nothing, as the hub sends the browser back with it. */
let refused = refusedOf();

function refusedOf(): string | null {
  const match = location.pathname === '/sign-in' ? /^#problem=([a-z_]{1,64})$/.exec(location.hash) : null;
  if (match) history.replaceState(null, '', '/');
  return match?.[1] ?? null;
}

/** Asks who it is: by name and password where the hub has accounts, or by a token. */
export function SignIn({ ended }: { ended: boolean }) {
  const t = useT();
  const known = useQuery({ queryKey: ['ways'], queryFn: ways, staleTime: 0 });
  const [byToken, setByToken] = useState(false);
  if (link) {
    return (
      <OneTimeLink
        link={link}
        onTaken={() => {
          link = null;
        }}
      />
    );
  }
  const account = known.data?.password === true && !byToken;
  return (
    <Frame>
      {ended && <Banner tone="warn">{t('signin.ended')}</Banner>}
      {known.data?.set_up === false && (
        <Banner tone="info">
          <Sentence text={t('signin.nobody_yet')} />
        </Banner>
      )}
      {account && <ByProvider providers={known.data?.providers ?? []} />}
      {account ? <ByAccount /> : <ByToken />}
      {known.data?.password && (
        <p>
          <Button kind="quiet" size="small" onPress={() => setByToken(!byToken)}>
            {t(byToken ? 'signin.by_account' : 'signin.by_token')}
          </Button>
        </p>
      )}
    </Frame>
  );
}

export function Frame({ children }: { children: ReactNode }) {
  const t = useT();
  return (
    <main className="signin">
      <div className="card">
        <div className="row between">
          <h1>{t('app.name')}</h1>
          <Preferences />
        </div>
        {children}
      </div>
    </main>
  );
}

/** A button for each identity provider. */
function ByProvider({ providers }: { providers: { name: string; title: string }[] }) {
  const t = useT();
  const [error, setError] = useState<unknown>(() => refused && new ApiError(own(refused, '')));
  const [busy, setBusy] = useState(false);
  const leave = (provider: string) => {
    refused = null;
    setBusy(true);
    setError(null);
    goTo(provider).catch((failed: unknown) => {
      setError(failed);
      setBusy(false);
    });
  };
  if (providers.length === 0 && !error) return null;
  return (
    <div className="stack">
      {Boolean(error) && <ProblemView error={error} compact />}
      {providers.map((provider) => (
        <Button key={provider.name} disabled={busy} onPress={() => leave(provider.name)}>
          {t('signin.at_provider', { provider: provider.title })}
        </Button>
      ))}
    </div>
  );
}

function ByAccount() {
  const t = useT();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { error, busy, submit } = useSubmit(() => signIn(name.trim(), password));
  return (
    <form className="stack" onSubmit={submit}>
      {error !== null && <ProblemView error={error} compact />}
      <TextField label={t('signin.name')} value={name} onChange={setName} autoFocus autoComplete="username" />
      <TextField
        label={t('signin.password')}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
      />
      <div className="row end">
        <Button kind="primary" type="submit" disabled={busy || name.trim() === '' || password === ''}>
          {busy ? t('signin.busy') : t('signin.enter')}
        </Button>
      </div>
    </form>
  );
}

/** A token is tried before it is kept, so that a wrong one is said here and not on some page. */
function ByToken() {
  const t = useT();
  const [token, setToken] = useState('');
  const { error, busy, submit } = useSubmit(async () => {
    await take(api.GET('/api/v1/me', { headers: { authorization: `Bearer ${token.trim()}` } }));
    session.set(token.trim());
  });
  return (
    <form className="stack" onSubmit={submit}>
      <p className="dim">{t('signin.what')}</p>
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
  );
}

export function useSubmit(work: () => Promise<void>) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return { error, busy, submit };
}
