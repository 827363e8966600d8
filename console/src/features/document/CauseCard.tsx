import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useWho } from '../../app/who';
import { type Key, useSaid, useT, useWord } from '../../i18n';
import { Age, Button, Card, Facts, MenuButton, Sentence, StatusChip, Time } from '../../ui';
import { ActionSheet } from '../acting/ActionSheet';
import type { Action } from '../acting/actions';
import { type Stopped, stoppedOf } from './acts';

/** More stopped at once of one document are on the exception desk. */
const STOPPED_MAX = 20;

/** Why the document is where it is, what happens next, and what a person can do. */
export function CauseCard({ document, name }: { document: string; name: string }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['document', document, 'diagnosis'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/diagnosis', { params: { path: { id: document } } })),
  });
  return (
    <Card title={t('cause.title')}>
      <Loaded query={query} lines={3}>
        {(diagnosis) => <Cause diagnosis={diagnosis} name={name} />}
      </Loaded>
    </Card>
  );
}

function Cause({ diagnosis, name }: { diagnosis: Schemas['Diagnosis']; name: string }) {
  const t = useT();
  const said = useSaid();
  const word = useWord();
  const who = useWho();
  const refused = useRefusal()('settle_exceptions');
  const [acting, setActing] = useState<{ exception: string; action: Action } | null>(null);
  const isStopped = diagnosis.actions.length > 0 || diagnosis.state === 'stopped';
  const open = useQuery({
    queryKey: ['document', diagnosis.document, 'open'],
    queryFn: () =>
      take(
        api.GET('/api/v1/exceptions', { params: { query: { document: diagnosis.document, state: 'open', limit: STOPPED_MAX } } }),
      ),
    enabled: isStopped,
  });
  // What was read while it was stopped is not of now.
  const stopped = isStopped ? stoppedOf(diagnosis, open.data?.items) : [];
  const waiting = diagnosis.waiting_on;
  return (
    <>
      <div className="row">
        <StatusChip room="diagnosis" state={diagnosis.state} />
        {diagnosis.code === 'outcome_unknown' && <StatusChip room="class" state="unknown" />}
        <span className="dim">
          {t('cause.since')} <Time at={diagnosis.since} exact /> · <Age since={diagnosis.since} />
        </span>
      </div>
      <p className="cause-sentence">
        <Sentence text={said(diagnosis.cause)} />
      </p>
      <p className="dim">
        <Sentence text={said(diagnosis.next)} />
      </p>
      <Facts
        rows={[
          [t('cause.waits_on'), waiting ? `${word('waiting', waiting.kind)} · ${who(waiting.reference)}` : null],
          [t('cause.step'), diagnosis.at_step ? <code>{diagnosis.at_step}</code> : null],
          [t('cause.next_at'), diagnosis.next_action_at ? <Time at={diagnosis.next_action_at} exact seconds /> : null],
          [t('cause.code'), <code key="code">{diagnosis.code}</code>],
        ]}
      />
      {open.isError && <ProblemView error={open.error} onAgain={() => void open.refetch()} compact />}
      {stopped.map((one) => (
        <StoppedRow
          key={one.exception}
          one={one}
          said={stopped.length > 1}
          refused={refused}
          onAct={(action) => setActing({ exception: one.exception, action })}
        />
      ))}
      {acting && (
        <ActionSheet
          target={{ exception: acting.exception, document: diagnosis.document, name }}
          action={acting.action}
          onClose={() => setActing(null)}
        />
      )}
    </>
  );
}

/** One thing that is stopped; where there are several, each says which it is. */
function StoppedRow({
  one,
  said,
  refused,
  onAct,
}: {
  one: Stopped;
  said: boolean;
  refused: string | null;
  onAct: (action: Action) => void;
}) {
  const t = useT();
  const first = one.actions[0];
  if (!first) return null;
  return (
    <>
      {said && (
        <p className="wrap">
          {one.step && <code>{one.step}</code>} {one.code && <HelpCode code={one.code} />}{' '}
          {one.message && <Sentence text={one.message} />}
        </p>
      )}
      <div className="row">
        <Button kind="primary" refused={refused} onPress={() => onAct(first)}>
          {t(`action.${first}` as Key)}
        </Button>
        {one.actions.length > 1 && (
          <MenuButton
            entries={one.actions
              .slice(1)
              .map((action) => ({ id: action, name: t(`action.${action}` as Key), onAction: () => onAct(action) }))}
          >
            {t('cause.more_actions')}
          </MenuButton>
        )}
        <Link to="/ops/dead-letters" search={{ open: one.exception }}>
          {t('cause.same_cause')}
        </Link>
      </div>
    </>
  );
}
