import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, takeWhole } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useMe } from '../../app/me';
import { Loaded } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Button, Card, Chip, Empty, Facts, Json, TextArea, Time } from '../../ui';

type Proposal = Schemas['ProposalItem'];
type Verb = 'confirm' | 'decline' | 'withdraw';

/** Changes that want two people: what waits, and what became of what waited. */
export function ProposalsSection() {
  const t = useT();
  const me = useMe();
  const [acting, setActing] = useState<{ proposal: Proposal; verb: Verb } | null>(null);
  const query = useQuery({
    queryKey: ['proposals'],
    queryFn: () => takeWhole(api.GET('/api/v1/proposals')),
    refetchInterval: 15_000,
  });
  return (
    <div className="stack">
      <p className="dim">{t('proposals.what')}</p>
      <Loaded query={query} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('proposals.none')} why={t('proposals.none_why')} />
          ) : (
            <div className="stack">
              {items.map((item) => (
                <One key={item.proposal} item={item} own={item.proposed_by === me.data?.name} onAct={setActing} />
              ))}
            </div>
          )
        }
      </Loaded>
      {acting && <Settle {...acting} onClose={() => setActing(null)} />}
    </div>
  );
}

function One({ item, own, onAct }: { item: Proposal; own: boolean; onAct: (acting: { proposal: Proposal; verb: Verb }) => void }) {
  const t = useT();
  const word = useWord();
  const waits = item.state === 'open' || item.state === 'confirmed';
  const act = (verb: Verb) => onAct({ proposal: item, verb });
  return (
    <Card
      level={2}
      title={
        <span className="row">
          <Chip tone={item.state === 'open' ? 'warn' : item.state === 'confirmed' ? 'ok' : 'plain'}>
            {word('proposal_state', item.state)}
          </Chip>
          {word('proposal_kind', item.kind)} · {item.proposed_by}
        </span>
      }
      action={
        waits && (
          <span className="row">
            {own ? (
              <Button size="small" onPress={() => act('withdraw')}>
                {t('proposals.withdraw')}
              </Button>
            ) : (
              <>
                {item.state === 'open' && (
                  <Button size="small" kind="primary" onPress={() => act('confirm')}>
                    {t('proposals.confirm')}
                  </Button>
                )}
                <Button size="small" kind="danger" onPress={() => act('decline')}>
                  {t('proposals.decline')}
                </Button>
              </>
            )}
          </span>
        )
      }
    >
      {own && item.state === 'confirmed' && <p className="wrap">{t('proposals.again')}</p>}
      <Facts
        rows={[
          [
            t('proposals.operation'),
            <code key="action" className="wrap">
              {item.action}
            </code>,
          ],
          [
            t('proposals.object'),
            <code key="object" className="wrap">
              {item.object}
            </code>,
          ],
          [t('proposals.at'), <Time key="at" at={item.created_at} exact />],
          [t('proposals.until'), waits ? <Time key="until" at={item.expires_at} exact /> : null],
          [t('proposals.settled'), item.settled_by ?? null],
          [t('proposals.note'), item.note ?? null],
        ]}
      />
      <details>
        <summary className="small">{t('proposals.shown')}</summary>
        <Json value={item.shown} label={t('proposals.shown')} />
      </details>
    </Card>
  );
}

function Settle({ proposal, verb, onClose }: { proposal: Proposal; verb: Verb; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const init = { params: { path: { id: proposal.proposal } }, body: note.trim() ? { note: note.trim() } : {} };
  const settle = useMutation({
    mutationFn: () =>
      takeWhole(
        verb === 'confirm'
          ? api.POST('/api/v1/proposals/{id}/confirm', init)
          : verb === 'decline'
            ? api.POST('/api/v1/proposals/{id}/decline', init)
            : api.POST('/api/v1/proposals/{id}/withdraw', init),
      ),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['proposals'] });
    },
  });
  const title = t(`proposals.${verb}` as Key);
  return (
    <AskSheet title={title} act={title} kind={verb === 'confirm' ? 'primary' : 'danger'} ask={settle} onClose={onClose}>
      <p>{t(`proposals.${verb}_what` as Key)}</p>
      <TextArea label={t('proposals.note')} value={note} onChange={setNote} />
    </AskSheet>
  );
}
