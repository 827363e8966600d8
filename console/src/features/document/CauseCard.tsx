import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useWho } from '../../app/who';
import { type Key, useSaid, useT, useWord } from '../../i18n';
import { Age, Button, Card, Facts, MenuButton, Sentence, StatusChip, Time } from '../../ui';
import { ActionSheet } from '../acting/ActionSheet';
import { type Action, isAction } from '../acting/actions';

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
  const exception = diagnosis.actions[0]?.exception;
  const actions = diagnosis.actions
    .filter((entry) => entry.exception === exception)
    .map((entry) => entry.action)
    .filter(isAction);
  const first = actions[0];
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
      {exception && first && (
        <div className="row">
          <Button kind="primary" refused={refused} onPress={() => setActing({ exception, action: first })}>
            {t(`action.${first}` as Key)}
          </Button>
          <MenuButton
            entries={actions.slice(1).map((action) => ({
              id: action,
              name: t(`action.${action}` as Key),
              onAction: () => setActing({ exception, action }),
            }))}
          >
            {t('cause.more_actions')}
          </MenuButton>
          <Link to="/ops/dead-letters" search={{ open: exception }}>
            {t('cause.same_cause')}
          </Link>
        </div>
      )}
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
