import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { ProblemView } from '../../app/states';
import { isTyped } from '../../format/count';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Chip, Empty, Facts, TextField, Time } from '../../ui';
import { Names } from './Names';
import { Readings } from './Readings';
import { useOrganisation } from './use';

type Source = Schemas['OrganisationSourceItem'];

/** From this many on, the number is typed, so that a slip lets nobody go. */
const TYPED_FROM = 100;

/** The systems that say who works here, the one that counts most first. */
export function Sources({ sources }: { sources: Source[] }) {
  const t = useT();
  if (sources.length === 0) return <Empty title={t('organisation.no_systems')} why={t('organisation.none_why')} />;
  return (
    <div className="stack">
      {sources.map((source) => (
        <One key={source.connection} source={source} />
      ))}
    </div>
  );
}

function One({ source }: { source: Source }) {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const [accepting, setAccepting] = useState(false);
  // When the last reading was tried before one was asked for: until that is another time, it is under way.
  const [before, setBefore] = useState<string | null>(null);
  const underWay = before !== null && source.tried_at === before;
  useOrganisation(underWay);
  const name = source.connection;
  const read = useMutation({
    mutationFn: () => take(api.POST('/api/v1/organisation/{name}/read', { params: { path: { name } } })),
    onSuccess: () => {
      setBefore(source.tried_at ?? null);
      return client.invalidateQueries({ queryKey: ['organisation'] });
    },
  });
  return (
    <Card
      title={
        <span className="row">
          <Link to="/connections/$connection" params={{ connection: name }}>
            {name}
          </Link>
          <State source={source} underWay={underWay} />
        </span>
      }
      action={
        <Button
          size="small"
          icon="refresh"
          disabled={read.isPending || underWay}
          refused={source.tried_at ? null : t('organisation.first')}
          onPress={() => read.mutate()}
        >
          {t('organisation.read')}
        </Button>
      }
    >
      {read.isError && <ProblemView error={read.error} compact />}
      {source.held && (
        <Banner
          tone="bad"
          action={
            <Button size="small" onPress={() => setAccepting(true)}>
              {t('organisation.look')}
            </Button>
          }
        >
          <strong>{t('organisation.held', { gone: source.held.gone })}</strong>
          <span>{t('organisation.held_what')}</span>
        </Banner>
      )}
      {source.problem && (
        <Banner tone="warn">
          <strong>{t('organisation.problem')}</strong>
          <span className="wrap" lang="en">
            {source.problem}
          </span>
        </Banner>
      )}
      <Facts
        rows={[
          [t('organisation.people'), String(source.people)],
          [t('organisation.departments'), String(source.departments)],
          [
            t('organisation.wins'),
            source.wins.length > 0
              ? source.wins.map((field) => word('told', field)).join(t('list.comma'))
              : t('organisation.no_wins'),
          ],
          [t('organisation.read_at'), source.read_at ? <Time key="read" at={source.read_at} /> : t('organisation.never')],
          [t('organisation.due_at'), source.due_at ? <Time key="due" at={source.due_at} exact /> : null],
        ]}
      />
      <Readings connection={name} readings={source.readings} />
      {accepting && source.held && <Accept name={name} held={source.held} onClose={() => setAccepting(false)} />}
    </Card>
  );
}

function State({ source, underWay }: { source: Source; underWay: boolean }) {
  const t = useT();
  if (underWay)
    return (
      <Chip tone="info" icon="pulse">
        {t('organisation.under_way')}
      </Chip>
    );
  if (source.held)
    return (
      <Chip tone="bad" icon="alert">
        {t('reading.held')}
      </Chip>
    );
  if (source.problem)
    return (
      <Chip tone="warn" icon="alert">
        {t('reading.failed')}
      </Chip>
    );
  return source.read_at ? (
    <Chip tone="ok" icon="check">
      {t('reading.taken')}
    </Chip>
  ) : (
    <Chip icon="clock">{t('organisation.never')}</Chip>
  );
}

/** Who would leave, before they do. */
function Accept({ name, held, onClose }: { name: string; held: Schemas['HeldReading']; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const accept = useMutation({
    mutationFn: () => take(api.POST('/api/v1/organisation/{name}/accept', { params: { path: { name } } })),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['organisation'] });
    },
  });
  const many = held.gone > TYPED_FROM;
  const stop = many && !isTyped(typed, held.gone) ? t('bulk.type_first', { count: held.gone }) : null;
  return (
    <AskSheet
      title={t('organisation.accept_title', { gone: held.gone })}
      act={t('organisation.accept', { gone: held.gone })}
      kind="danger"
      ask={accept}
      refused={stop}
      onClose={onClose}
    >
      <p>{t('organisation.accept_what', { name })}</p>
      <Names people={held.people} total={held.gone} />
      {many && <TextField label={t('bulk.type', { count: held.gone })} value={typed} onChange={setTyped} />}
    </AskSheet>
  );
}
