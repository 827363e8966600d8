import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useMe, useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Chip, Empty, Sheet, Time, toast } from '../../ui';
import { useFlowTitle } from './flows';
import { NewDelegationSheet } from './NewDelegationSheet';

type Delegation = Schemas['DelegationItem'];

/** Who decides for whom, from when until when; every record of such a decision names both. */
export function DelegationsSection() {
  const t = useT();
  const me = useMe();
  const refused = useRefusal()('decide_tasks');
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Delegation | null>(null);
  const operates = me.data?.permissions.includes('operate') ?? false;
  const query = useQuery({
    queryKey: ['delegations'],
    queryFn: () => take(api.GET('/api/v1/delegations')),
    enabled: refused === null,
  });
  if (refused !== null) return <Banner tone="warn">{refused}</Banner>;
  return (
    <div className="stack">
      <div className="row between">
        <p className="dim">{t('delegations.what')}</p>
        <Button kind="primary" onPress={() => setMaking(true)}>
          {t('delegations.make')}
        </Button>
      </div>
      <Loaded query={query} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('delegations.none')} why={t('delegations.none_why')} />
          ) : (
            <Table items={items} me={me.data?.person ?? null} operates={operates} onEnd={setEnding} />
          )
        }
      </Loaded>
      {making && <NewDelegationSheet person={me.data?.person ?? null} operates={operates} onClose={() => setMaking(false)} />}
      {ending && <EndDelegation delegation={ending} onClose={() => setEnding(null)} />}
    </div>
  );
}

function Table({
  items,
  me,
  operates,
  onEnd,
}: {
  items: Delegation[];
  me: string | null;
  operates: boolean;
  onEnd: (delegation: Delegation) => void;
}) {
  const t = useT();
  const flow = useFlowTitle();
  const now = Date.now();
  return (
    <div className="scroll" role="group" tabIndex={0} aria-label={t('settings.delegations')}>
      <table className="table">
        <caption className="hidden-text">{t('settings.delegations')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('delegations.principal')}</th>
            <th scope="col">{t('delegations.agent')}</th>
            <th scope="col">{t('delegations.time')}</th>
            <th scope="col">{t('documents.state')}</th>
            <th scope="col">{t('delegations.covers')}</th>
            <th scope="col">
              <span className="hidden-text">{t('delegations.end')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <th scope="row">
                <Person id={item.principal} name={item.principal_name} />
              </th>
              <td>
                <Person id={item.agent} name={item.agent_name} />
              </td>
              <td>
                <Time at={item.from} exact /> – <Time at={item.until} exact />
              </td>
              <td>
                {new Date(item.from).getTime() <= now ? (
                  <Chip tone="ok" icon="check">
                    {t('delegations.holds')}
                  </Chip>
                ) : (
                  <Chip icon="clock">{t('delegations.to_come')}</Chip>
                )}
              </td>
              <td>
                {item.flows.length === 0 ? t('delegations.all_flows') : item.flows.map(flow).join(' · ')}
                <div className="dim small">{t(item.new_only ? 'delegations.new_only' : 'delegations.open_too')}</div>
              </td>
              <td className="number">
                <Button
                  size="small"
                  refused={operates || item.principal === me ? null : t('delegations.not_yours')}
                  onPress={() => onEnd(item)}
                >
                  {t('delegations.end')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Person({ id, name }: { id: string; name: string }) {
  return (
    <>
      {name} {name !== id && <code className="dim">{id}</code>}
    </>
  );
}

function EndDelegation({ delegation, onClose }: { delegation: Delegation; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/delegations/{id}', { params: { path: { id: delegation.id } } })),
    onSuccess: async () => {
      toast({ tone: 'ok', text: t('delegations.ended') });
      onClose();
      await client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'delegations' || name === 'tasks' });
    },
  });
  return (
    <Sheet
      open
      middle
      onClose={onClose}
      close={t('close')}
      title={t('delegations.end')}
      footer={
        <Button kind="danger" disabled={end.isPending} onPress={() => end.mutate()}>
          {t('delegations.end')}
        </Button>
      }
    >
      <p>{t('delegations.end_what', { agent: delegation.agent_name, principal: delegation.principal_name })}</p>
      {end.isError && <ProblemView error={end.error} compact />}
    </Sheet>
  );
}
