import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, Chip, Copy, Facts, TextField, Time } from '../../ui';

/** How the connection is set up: its text, its connector's, and whether a person has consented where the partner wants that. */
export function SetupTab({ health }: { health: Schemas['ConnectionHealth'] }) {
  const t = useT();
  const { connection, connector } = health;
  return (
    <div className="columns">
      <Card title={t('setup.texts')}>
        <Facts
          rows={[
            [
              t('setup.connection'),
              <Link key="c" to="/definitions/$kind/$id" params={{ kind: 'connection', id: connection }} search={{ tab: 'text' }}>
                {connection}
              </Link>,
            ],
            [
              t('setup.connector'),
              <Link key="k" to="/definitions/$kind/$id" params={{ kind: 'connector', id: connector }} search={{ tab: 'text' }}>
                {connector}
              </Link>,
            ],
            [
              t('connections.credentials'),
              health.credentials_lapse_at ? <Time key="lapse" at={health.credentials_lapse_at} exact /> : t('setup.no_credentials'),
            ],
          ]}
        />
        <p className="dim">{t('setup.secrets')}</p>
      </Card>
      <Consent connection={connection} />
    </div>
  );
}

function Consent({ connection }: { connection: string }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['connections', 'consent', connection],
    // That the partner wants no consent is an answer, and the usual one.
    queryFn: async () => {
      try {
        return await take(api.GET('/api/v1/connections/{name}/consent', { params: { path: { name: connection } } }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
  return (
    <Card title={t('consent.title')}>
      <Loaded query={query} lines={2}>
        {(state) => (state === null ? <p className="dim">{t('consent.not_wanted')}</p> : <Asking state={state} />)}
      </Loaded>
    </Card>
  );
}

function Asking({ state }: { state: Schemas['ConsentState'] }) {
  const t = useT();
  const client = useQueryClient();
  const refused = useRefusal()('settle_exceptions');
  const [came, setCame] = useState('');
  const path = { name: state.connection };
  const ask = useMutation({
    mutationFn: () => take(api.POST('/api/v1/connections/{name}/consent', { params: { path } })),
  });
  const answer = useMutation({
    mutationFn: () => take(api.POST('/api/v1/connections/{name}/consent/answer', { params: { path }, body: { url: came.trim() } })),
    onSuccess: () => {
      ask.reset();
      setCame('');
      return client.invalidateQueries({ queryKey: ['connections', 'consent'] });
    },
  });
  return (
    <>
      <div className="row">
        <Chip tone={state.consented ? 'ok' : 'warn'} icon={state.consented ? 'check' : 'alert'}>
          {t(state.consented ? 'consent.given' : 'consent.missing')}
        </Chip>
        <Button refused={refused} disabled={ask.isPending} onPress={() => ask.mutate()}>
          {t(state.consented ? 'consent.ask_again' : 'consent.ask')}
        </Button>
      </div>
      {state.lost_at && (
        <Banner tone="warn">
          <span>
            {t('consent.lost')} <Time at={state.lost_at} exact />
          </span>
        </Banner>
      )}
      {ask.isError && <ProblemView error={ask.error} compact />}
      {ask.data && (
        <>
          <p>{t('consent.open')}</p>
          <Copy text={ask.data.url} />
          <Facts
            rows={[
              [t('consent.back'), <Copy key="back" text={ask.data.redirect_uri} />],
              [t('consent.until'), <Time key="until" at={ask.data.expires_at} exact seconds />],
            ]}
          />
          <TextField label={t('consent.came')} value={came} onChange={setCame} hint={t('consent.came_hint')} />
          {answer.isError && <ProblemView error={answer.error} compact />}
          <div className="row end">
            <Button kind="primary" disabled={came.trim() === '' || answer.isPending} onPress={() => answer.mutate()}>
              {t('consent.take')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
