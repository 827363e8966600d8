import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, take, takeWithTag } from '../../api/client';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Facts, Sheet, StatusChip, Time, toast } from '../../ui';
import { IdentitiesCard } from './IdentitiesCard';
import type { User } from './PeopleSection';
import { TellOnce, whole } from './TellOnce';
import { bodyOf, type Known, knownOf, UserFields } from './UserFields';

/** One user: what is known of them, what they may do, and what keeps them in or out. */
export function UserSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['users', 'one', id],
    queryFn: () => takeWithTag(api.GET('/api/v1/users/{id}', { params: { path: { id } } })),
    // A form that somebody writes in is not replaced under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!query.data) {
    return (
      <Sheet onClose={onClose} title={t('settings.people')}>
        <Loaded query={query} lines={8}>
          {() => null}
        </Loaded>
      </Sheet>
    );
  }
  return <Opened key={query.data.etag} user={query.data.data as User} etag={query.data.etag} onClose={onClose} />;
}

function Opened({ user, etag, onClose }: { user: User; etag: string; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [known, setKnown] = useState<Known>(() => knownOf(user));
  const changed = JSON.stringify(known) !== JSON.stringify(knownOf(user));
  const again = () => client.invalidateQueries({ queryKey: ['users'] });
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/v1/users/{id}', {
          params: { path: { id: user.id }, header: { 'If-Match': etag } },
          body: bodyOf(known),
        }),
      ),
    onSuccess: async () => {
      toast({ tone: 'ok', text: t('people.saved') });
      await again();
    },
  });
  return (
    <Sheet
      onClose={onClose}
      title={user.title === user.name ? user.name : `${user.title} (${user.name})`}
      footer={
        <Button
          kind="primary"
          refused={changed ? null : t('people.nothing_changed')}
          disabled={save.isPending}
          onPress={() => save.mutate()}
        >
          {t('save')}
        </Button>
      }
    >
      <Standing user={user} />
      <Steer user={user} onDone={again} />
      <UserFields known={known} onChange={setKnown} />
      <IdentitiesCard user={user.id} />
      {save.isError && (
        <ProblemView error={save.error} onAgain={() => void client.invalidateQueries({ queryKey: ['users', 'one', user.id] })} />
      )}
      <p className="small">
        <Link to="/audit" search={{ object: `user/${user.id}` }}>
          {t('people.history')}
        </Link>
      </p>
    </Sheet>
  );
}

function Standing({ user }: { user: User }) {
  const t = useT();
  return (
    <>
      <div className="row">
        <StatusChip room="user" state={user.status} />
        {user.status === 'invited' && <span className="dim">{t('people.invited_what')}</span>}
      </div>
      {user.locked_until && new Date(user.locked_until) > new Date() && (
        <Banner tone="warn">
          <span>
            {t('people.locked', { count: user.failures })} <Time at={user.locked_until} exact seconds />
          </span>
        </Banner>
      )}
      <Facts
        rows={[
          [t('people.last'), user.last_sign_in_at ? <Time key="last" at={user.last_sign_in_at} exact /> : t('people.never')],
          [t('people.password_at'), user.password_at ? <Time key="set" at={user.password_at} exact /> : null],
          [t('people.since'), <Time key="since" at={user.created_at} exact />],
        ]}
      />
    </>
  );
}

/** What is done about somebody at once, beside what is known of them. */
function Steer({ user, onDone }: { user: User; onDone: () => Promise<void> }) {
  const t = useT();
  const [sure, setSure] = useState(false);
  const path = { params: { path: { id: user.id } } };
  const reset = useMutation({ mutationFn: () => take(api.POST('/api/v1/users/{id}/reset', path)) });
  const out = useMutation({
    mutationFn: () => take(api.POST('/api/v1/users/{id}/sign-out', path)),
    onSuccess: ({ ended }) => toast({ tone: 'ok', text: t('people.signed_out', { count: ended }) }),
  });
  const turn = useMutation({
    mutationFn: (on: boolean) =>
      take(on ? api.POST('/api/v1/users/{id}/enable', path) : api.POST('/api/v1/users/{id}/disable', path)),
    onSuccess: async ({ tokens_left }) => {
      setSure(false);
      if (tokens_left && tokens_left.length > 0)
        toast({ tone: 'warn', text: t('people.tokens_left', { tokens: tokens_left.join(', ') }) });
      await onDone();
    },
  });
  const error = reset.error ?? out.error ?? turn.error;
  const disabled = user.status === 'disabled';
  return (
    <div className="stack">
      <div className="row">
        <Button onPress={() => reset.mutate()} disabled={reset.isPending} refused={disabled ? t('people.disabled_first') : null}>
          {t('people.reset')}
        </Button>
        <Button onPress={() => out.mutate()} disabled={out.isPending}>
          {t('people.sign_out')}
        </Button>
        {disabled ? (
          <Button onPress={() => turn.mutate(true)} disabled={turn.isPending}>
            {t('people.enable')}
          </Button>
        ) : (
          <Button kind="danger" onPress={() => setSure(true)} disabled={sure}>
            {t('people.disable')}
          </Button>
        )}
      </div>
      {sure && (
        <Banner
          tone="warn"
          action={
            <span className="row">
              <Button size="small" onPress={() => setSure(false)}>
                {t('people.keep')}
              </Button>
              <Button size="small" kind="danger" onPress={() => turn.mutate(false)} disabled={turn.isPending} autoFocus>
                {t('people.disable_now')}
              </Button>
            </span>
          }
        >
          {t('people.disable_what')}
        </Banner>
      )}
      {error && <ProblemView error={error} compact />}
      {reset.data && <TellOnce what={t('people.reset_made')} secret={whole(reset.data.url)} until={reset.data.expires_at} />}
    </div>
  );
}
