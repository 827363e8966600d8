import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useMe } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Chip, Facts, TextField, Time, toast } from '../../ui';

/** Whoever is signed in: what they may do, their password, and where else they are signed in. */
export function AccountSection() {
  const t = useT();
  const word = useWord();
  const me = useMe();
  return (
    <Loaded query={me} lines={6}>
      {(data) => (
        <div className="stack">
          <Card title={data.title}>
            <Facts
              rows={[
                [t('people.name'), <code key="name">{data.name}</code>],
                [t('people.person'), data.person ? <code key="person">{data.person}</code> : null],
                [t('account.via'), t(data.via === 'session' ? 'account.by_session' : 'account.by_token')],
                [
                  t('account.may'),
                  <span key="may" className="row tight">
                    {data.permissions.map((right) => (
                      <Chip key={right}>{word('permission', right)}</Chip>
                    ))}
                  </span>,
                ],
              ]}
            />
          </Card>
          {data.via === 'session' ? (
            <>
              <Password />
              <Sessions />
            </>
          ) : (
            <Banner tone="info">{t('account.token_has_none')}</Banner>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Password() {
  const t = useT();
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => take(api.POST('/api/v1/me/password', { body: { current, password } })),
    onSuccess: async () => {
      setCurrent('');
      setPassword('');
      toast({ tone: 'ok', text: t('account.password_changed') });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Card title={t('account.password')}>
      <form
        className="stack narrow"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <p className="dim">{t('account.password_what')}</p>
        <TextField
          label={t('account.current')}
          value={current}
          onChange={setCurrent}
          type="password"
          autoComplete="current-password"
        />
        <TextField
          label={t('account.new_password')}
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="new-password"
          hint={t('signin.password_hint')}
        />
        {change.isError && <ProblemView error={change.error} compact />}
        <div className="row">
          <Button
            type="submit"
            kind="primary"
            refused={current === '' || password === '' ? t('act.needed') : null}
            disabled={change.isPending}
          >
            {t('account.change')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Sessions() {
  const t = useT();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['sessions'], queryFn: () => take(api.GET('/api/v1/me/sessions')) });
  const again = () => client.invalidateQueries({ queryKey: ['sessions'] });
  const end = useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } })),
    onSuccess: again,
  });
  const others = useMutation({
    mutationFn: () => take(api.POST('/api/v1/me/sessions/end-others')),
    onSuccess: async ({ ended }) => {
      toast({ tone: 'ok', text: t('people.signed_out', { count: ended }) });
      await again();
    },
  });
  const error = end.error ?? others.error;
  return (
    <Card
      title={t('account.sessions')}
      action={
        <Button
          refused={(query.data?.items.length ?? 0) > 1 ? null : t('account.no_others')}
          disabled={others.isPending}
          onPress={() => others.mutate()}
        >
          {t('account.end_others')}
        </Button>
      }
    >
      {error && <ProblemView error={error} compact />}
      <Loaded query={query} lines={2}>
        {({ items }) => (
          <ul className="stack tight">
            {items.map((session) => (
              <li key={session.id} className="row between">
                <span className="row">
                  {session.current && <Chip tone="ok">{t('account.this')}</Chip>}
                  <span className="wrap">{session.agent ?? '–'}</span>
                  <span className="dim small">
                    {session.address} · {t('account.seen')} <Time at={session.used_at} /> · {t('account.until')}{' '}
                    <Time at={session.expires_at} exact />
                  </span>
                </span>
                {!session.current && (
                  <Button size="small" disabled={end.isPending} onPress={() => end.mutate(session.id)}>
                    {t('account.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
