import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { Loaded, ProblemView } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Button, Checkbox, Sheet, TextField, toast } from '../../ui';
import { useCommandKeys } from '../acting/command';
import { titleOf } from '../definitions/titles';
import { dayOf, span } from './dates';
import { useFlows } from './flows';
import { PersonField } from './PersonField';

/** Lets somebody decide for a person for some days. The duty stays with that person. */
export function NewDelegationSheet({
  person,
  operates,
  onClose,
}: {
  /** The person of whoever makes it; none for a program or an administrator who is nobody's colleague. */
  person: string | null;
  operates: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const [principal, setPrincipal] = useState(person ?? '');
  const [agent, setAgent] = useState('');
  const [first, setFirst] = useState(() => dayOf(new Date()));
  const [last, setLast] = useState('');
  const [flows, setFlows] = useState<readonly string[]>([]);
  const [newOnly, setNewOnly] = useState(false);
  const keyFor = useCommandKeys();
  const time = span(first, last);
  const make = useMutation({
    mutationFn: () => {
      const body = {
        ...(principal.trim() && principal.trim() !== person ? { principal: principal.trim() } : {}),
        agent: agent.trim(),
        ...(time ?? { from: '', until: '' }),
        flows: [...flows],
        new_only: newOnly,
      };
      return take(api.POST('/api/v1/delegations', { params: { header: { 'Idempotency-Key': keyFor(body) } }, body }));
    },
    onSuccess: async (made) => {
      toast({ tone: 'ok', text: t('delegations.made', { agent: made.agent_name, principal: made.principal_name }) });
      onClose();
      await client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'delegations' || name === 'tasks' });
    },
  });
  const lacks =
    principal.trim() === '' || agent.trim() === '' ? t('act.needed') : time === null ? t('delegations.days_first') : null;
  return (
    <Sheet
      onClose={onClose}
      title={t('delegations.make')}
      footer={
        <Button kind="primary" refused={lacks} disabled={make.isPending} onPress={() => make.mutate()}>
          {t('delegations.make')}
        </Button>
      }
    >
      <p className="dim">{t('delegations.make_what')}</p>
      {(operates || person === null) && (
        <PersonField label={`${t('delegations.principal')} *`} value={principal} onChange={setPrincipal} />
      )}
      <PersonField label={`${t('delegations.agent')} *`} value={agent} onChange={setAgent} hint={t('delegations.agent_hint')} />
      <div className="filters">
        <TextField label={`${t('delegations.first')} *`} value={first} onChange={setFirst} type="date" />
        <TextField label={`${t('delegations.last')} *`} value={last} onChange={setLast} type="date" />
      </div>
      <Flows chosen={flows} onChoose={setFlows} />
      <Checkbox checked={newOnly} onChange={setNewOnly}>
        {t('delegations.new_only')}
      </Checkbox>
      {make.isError && <ProblemView error={make.error} />}
    </Sheet>
  );
}

function Flows({ chosen, onChoose }: { chosen: readonly string[]; onChoose: (flows: readonly string[]) => void }) {
  const t = useT();
  const { language } = useLanguage();
  const query = useFlows();
  return (
    <fieldset className="plain stack tight">
      <legend className="label">{t('delegations.covers')}</legend>
      <Loaded query={query} lines={2}>
        {({ items }) => (
          <>
            {items.map((item) => (
              <Checkbox
                key={item.id}
                checked={chosen.includes(item.id)}
                onChange={(on) => onChoose(on ? [...chosen, item.id] : chosen.filter((id) => id !== item.id))}
              >
                {titleOf(item, language)}
              </Checkbox>
            ))}
            <span className="hint">{t(chosen.length === 0 ? 'delegations.all_flows' : 'delegations.these_flows')}</span>
          </>
        )}
      </Loaded>
    </fieldset>
  );
}
