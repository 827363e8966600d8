import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { ways } from '../../app/account';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Select, TextField, Time } from '../../ui';

/** Who a user is at identity providers: whoever signs in there as that, is this user here. */
export function IdentitiesCard({ user }: { user: string }) {
  const t = useT();
  const client = useQueryClient();
  const known = useQuery({ queryKey: ['ways'], queryFn: ways });
  const providers = known.data?.providers ?? [];
  const query = useQuery({
    queryKey: ['users', 'identities', user],
    queryFn: () => take(api.GET('/api/v1/users/{id}/identities', { params: { path: { id: user } } })),
  });
  const again = () => client.invalidateQueries({ queryKey: ['users', 'identities', user] });
  const [leaving, setLeaving] = useState<string | null>(null);
  const unlink = useMutation({
    mutationFn: (identity: string) =>
      take(api.DELETE('/api/v1/users/{id}/identities/{identity}', { params: { path: { id: user, identity } } })),
    onSuccess: () => {
      setLeaving(null);
      return again();
    },
  });
  if (providers.length === 0 && (query.data?.items.length ?? 0) === 0) return null;
  return (
    <section className="stack tight" aria-label={t('identities.title')}>
      <h3>{t('identities.title')}</h3>
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dim">{t('identities.none')}</p>
          ) : (
            <ul className="stack tight">
              {items.map((item) => (
                <li key={item.id} className="row">
                  <strong>{item.provider}</strong> <code className="wrap">{item.subject}</code>
                  <span className="dim small">
                    {t('tokens.made_by', { name: item.created_by })} <Time at={item.created_at} />
                  </span>
                  {leaving === item.id ? (
                    <Banner tone="warn">
                      <span>{t('identities.unlink_what')}</span>
                      <Button size="small" kind="danger" disabled={unlink.isPending} onPress={() => unlink.mutate(item.id)}>
                        {t('identities.unlink')}
                      </Button>
                    </Banner>
                  ) : (
                    <Button size="small" onPress={() => setLeaving(item.id)}>
                      {t('identities.unlink')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {unlink.isError && <ProblemView error={unlink.error} compact />}
      {providers.length > 0 && <LinkForm user={user} providers={providers} onDone={again} />}
    </section>
  );
}

function LinkForm({
  user,
  providers,
  onDone,
}: {
  user: string;
  providers: { name: string; title: string }[];
  onDone: () => Promise<void>;
}) {
  const t = useT();
  const [provider, setProvider] = useState(providers[0]?.name ?? '');
  const [subject, setSubject] = useState('');
  const link = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/users/{id}/identities', {
          params: { path: { id: user } },
          body: { provider, subject: subject.trim() },
        }),
      ),
    onSuccess: () => {
      setSubject('');
      return onDone();
    },
  });
  return (
    <>
      <div className="row bottom">
        <Select
          label={t('identities.provider')}
          value={provider}
          onChange={setProvider}
          choices={providers.map(({ name, title }) => ({ id: name, name: title }))}
        />
        <TextField label={t('identities.subject')} value={subject} onChange={setSubject} hint={t('identities.subject_hint')} />
        <Button disabled={link.isPending} refused={subject.trim() === '' ? t('act.needed') : null} onPress={() => link.mutate()}>
          {t('identities.link')}
        </Button>
      </div>
      {link.isError && <ProblemView error={link.error} compact />}
    </>
  );
}
