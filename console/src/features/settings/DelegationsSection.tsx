import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useMe, useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Chip, Empty, Table, Time, toast } from '../../ui';
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
            <DelegationTable items={items} me={me.data?.person ?? null} operates={operates} onEnd={setEnding} />
          )
        }
      </Loaded>
      {making && <NewDelegationSheet person={me.data?.person ?? null} operates={operates} onClose={() => setMaking(false)} />}
      {ending && <EndDelegation delegation={ending} onClose={() => setEnding(null)} />}
    </div>
  );
}

function DelegationTable({
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
    <Table
      caption={t('settings.delegations')}
      heads={[
        t('delegations.principal'),
        t('delegations.agent'),
        t('delegations.time'),
        t('documents.state'),
        t('delegations.covers'),
        { name: t('delegations.end'), hidden: true },
      ]}
    >
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
    </Table>
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
    <AskSheet title={t('delegations.end')} act={t('delegations.end')} kind="danger" ask={end} onClose={onClose}>
      <p>{t('delegations.end_what', { agent: delegation.agent_name, principal: delegation.principal_name })}</p>
    </AskSheet>
  );
}
