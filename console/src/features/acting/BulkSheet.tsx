import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Loaded, ProblemView } from '../../app/states';
import { isTyped } from '../../format/count';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Checkbox, Facts, Select, Sheet, TextField, Time } from '../../ui';
import { ActionFields } from './ActionFields';
import { STOPS } from './ActionSheet';
import { type Action, argumentsOf, type Fields, NO_FIELDS, OF_RESOURCE } from './actions';
import { DryBatch, Sample } from './Beforehand';
import { useCommandKeys } from './command';
import { canBeTried, gateOf, triedWith } from './gate';
import { useSample } from './use';

export type Choice = { ids: string[] } | { filter: Record<string, unknown> };

/** From this many on, the number is typed, so that a slip does not reach thousands. */
const TYPED_FROM = 100;

/** Freezes what was chosen, then asks what to do with it. What comes later is not in it. */
export function BulkSheet({
  resource,
  choice,
  preset,
  shown,
  onClose,
}: {
  resource: keyof typeof OF_RESOURCE;
  choice: Choice;
  preset?: Action;
  /** How many the page shows of them, where it says a number. */
  shown?: number;
  onClose: () => void;
}) {
  const t = useT();
  const navigate = useNavigate();
  const [action, setAction] = useState<Action>(preset ?? OF_RESOURCE[resource][0] ?? 'retry');
  const [fields, setFields] = useState<Fields>(NO_FIELDS);
  const [fault, setFault] = useState<[keyof Fields, Key] | null>(null);
  const [rate, setRate] = useState('600');
  const [typed, setTyped] = useState('');
  const [agreed, setAgreed] = useState(false);
  const keyFor = useCommandKeys();
  const selection = useQuery({
    queryKey: ['selection', resource, choice],
    queryFn: () => take(api.POST('/api/v1/selections', { body: { resource, ...choice } as never })),
    // Frozen once; another sheet is another selection.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const send = (order: Schemas['BatchOrder']) =>
    take(api.POST('/api/v1/batches', { params: { header: { 'Idempotency-Key': keyFor(order) } }, body: order }));
  const start = useMutation({
    mutationFn: send,
    onSuccess: (batch) => {
      onClose();
      void navigate({ to: '/ops/batches/$batch', params: { batch: batch.id } });
    },
  });
  // A dry run stays here: what was frozen is what is acted on afterwards.
  const dry = useMutation({ mutationFn: send });
  const tried = useMemo(() => triedWith(action, fields), [action, fields]);
  const sample = useSample(resource, selection.data?.sample ?? [], action, tried);
  const count = selection.data?.count ?? 0;
  const perMinute = Number(rate);
  const rateFault = Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 6000 ? null : t('bulk.rate_range');
  const run = (isDry: boolean) => {
    const made = argumentsOf(action, fields);
    if ('fault' in made) return setFault(made.fault);
    setFault(null);
    if (rateFault || !selection.data) return;
    const order = {
      selection: selection.data.selection,
      action,
      arguments: made.ok.arguments,
      reason: made.ok.reason,
      per_minute: perMinute,
      dry_run: isDry,
    } as Schemas['BatchOrder'];
    if (isDry) dry.mutate(order);
    else start.mutate(order);
  };
  const isTried = canBeTried(action);
  const known = { previews: sample.previews, asking: sample.isAsking, failed: isTried && sample.error !== null };
  const gate = gateOf({ ...known, agreed });
  const ticked = gateOf({ ...known, agreed: false });
  const choose = (value: string) => {
    setAction(value as Action);
    setAgreed(false);
    dry.reset();
  };
  const change = (next: Fields) => {
    if (JSON.stringify(triedWith(action, next)) !== JSON.stringify(tried)) {
      setAgreed(false);
      dry.reset();
    }
    setFields(next);
  };
  const stop = count > TYPED_FROM && !isTyped(typed, count) ? t('bulk.type_first', { count }) : null;
  // Others than the sample may still be taken where all of the sample are refused.
  const gated = gate === 'open' || gate === 'refused' ? null : t(STOPS[gate]);
  return (
    <Sheet
      onClose={onClose}
      title={t('bulk.title')}
      footer={
        <>
          <Button disabled={dry.isPending || start.isPending || count === 0 || action === 'assign'} onPress={() => run(true)}>
            {t('dry_run.do')}
          </Button>
          <Button
            kind={action === 'cancel' || action === 'drop' ? 'danger' : 'primary'}
            disabled={start.isPending || count === 0}
            refused={stop ?? gated}
            onPress={() => run(false)}
          >
            {t('bulk.run', { action: t(`action.${action}` as Key), count })}
          </Button>
        </>
      }
    >
      <Loaded query={selection} lines={4}>
        {(frozen) => (
          <>
            <Facts
              rows={[
                [t('bulk.count'), t('bulk.frozen', { count: frozen.count })],
                [t('bulk.until'), <Time key="until" at={frozen.expires_at} exact />],
              ]}
            />
            {shown !== undefined && shown !== frozen.count && frozen.count > 0 && (
              <Banner>{t('bulk.not_as_shown', { shown, count: frozen.count })}</Banner>
            )}
            {frozen.count === 0 && <Banner tone="warn">{t('bulk.nothing')}</Banner>}
          </>
        )}
      </Loaded>
      <Select
        label={t('bulk.action')}
        value={action}
        onChange={choose}
        choices={OF_RESOURCE[resource].map((id) => ({ id, name: t(`action.${id}` as Key) }))}
      />
      <p className="dim">{t(`action.what.${action}` as Key)}</p>
      <ActionFields action={action} fields={fields} onChange={change} fault={fault} />
      <TextField label={t('bulk.rate')} value={rate} onChange={setRate} type="number" fault={rateFault} />
      {count > TYPED_FROM && <TextField label={t('bulk.type', { count })} value={typed} onChange={setTyped} />}
      {selection.data && count > 0 && (
        <Sample resource={resource} total={count} sample={sample} isTried={isTried && tried !== null} />
      )}
      {(ticked === 'agree' || ticked === 'agree_blind') && (
        <Banner tone="warn">
          <Checkbox checked={agreed} onChange={setAgreed}>
            {t(ticked === 'agree' ? 'dry_run.agree' : 'dry_run.agree_blind')}
          </Checkbox>
        </Banner>
      )}
      {dry.data && <DryBatch id={dry.data.id} />}
      {dry.isError && <ProblemView error={dry.error} />}
      {start.isError && <ProblemView error={start.error} />}
    </Sheet>
  );
}
