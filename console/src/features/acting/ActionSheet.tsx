import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Checkbox, Sheet, Skeleton } from '../../ui';
import { ActionFields } from './ActionFields';
import { type Action, argumentsOf, type Fields, NO_FIELDS } from './actions';
import { useCommandKeys } from './command';
import { gateOf, triedWith } from './gate';
import { Observed } from './Observed';
import { PreviewCalls } from './PreviewCalls';
import { useDryRun } from './use';

/** Why it cannot be pressed yet. */
export const STOPS = {
  asking: 'dry_run.busy',
  refused: 'dry_run.refused',
  agree: 'dry_run.agree_first',
  agree_blind: 'dry_run.agree_blind_first',
} as const;

interface Target {
  exception: string;
  document?: string | null;
  /** What the sheet is about, such as the document's key. */
  name: string;
}

/** One action on one exception: fields, what it would do, doing it, and what came of it. */
export function ActionSheet({
  target,
  action,
  preset,
  onClose,
}: {
  target: Target;
  action: Action;
  preset?: Partial<Fields>;
  onClose: () => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const refused = useRefusal()(action === 'amend' ? 'amend_data' : 'settle_exceptions');
  const [fields, setFields] = useState<Fields>({ ...NO_FIELDS, ...preset });
  const [fault, setFault] = useState<[keyof Fields, Key] | null>(null);
  const [asking, setAsking] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const keyFor = useCommandKeys();
  const doIt = useMutation({
    mutationFn: (body: Record<string, unknown>) => act(target.exception, action, body, keyFor(body)),
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [name] }) =>
          name === 'document' || name === 'exceptions' || name === 'exception' || name === 'counts',
      }),
  });
  const tried = useMemo(() => triedWith(action, fields), [action, fields]);
  const dryRun = useDryRun(target.exception, action, tried, asking, refused === null && !doIt.isSuccess);
  const run = () => {
    const made = argumentsOf(action, fields);
    if ('fault' in made) return setFault(made.fault);
    setFault(null);
    doIt.mutate({ ...made.ok.arguments, ...(made.ok.reason ? { reason: made.ok.reason } : {}) });
  };
  const { preview } = dryRun;
  const known = { previews: preview ? [preview] : [], asking: dryRun.isAsking, failed: dryRun.error !== null };
  const gate = gateOf({ ...known, agreed });
  const ticked = gateOf({ ...known, agreed: false });
  const change = (next: Fields) => {
    // What was agreed to is what was shown then.
    if (JSON.stringify(triedWith(action, next)) !== JSON.stringify(tried)) setAgreed(false);
    setFields(next);
  };
  return (
    <Sheet
      onClose={onClose}
      title={`${t(`action.${action}` as Key)} · ${target.name}`}
      footer={
        doIt.isSuccess ? (
          <Button kind="primary" onPress={onClose}>
            {t('close')}
          </Button>
        ) : (
          <>
            <Button
              disabled={dryRun.isAsking}
              refused={refused ?? (tried === null ? t('dry_run.fill_first') : null)}
              onPress={() => void dryRun.again()}
            >
              {dryRun.isAsking ? t('dry_run.busy') : t('dry_run.do')}
            </Button>
            <Button
              kind={action === 'cancel' ? 'danger' : 'primary'}
              disabled={doIt.isPending}
              refused={refused ?? (gate === 'open' ? null : t(STOPS[gate]))}
              onPress={run}
            >
              {doIt.isPending ? t('act.sending') : t(`action.${action}` as Key)}
            </Button>
          </>
        )
      }
    >
      <p>{t(`action.what.${action}` as Key)}</p>
      {doIt.isSuccess ? (
        <Observed document={target.document ?? null} exception={target.exception} accepted={doIt.data} />
      ) : (
        <>
          <ActionFields action={action} fields={fields} onChange={change} fault={fault} />
          <Checkbox checked={asking} onChange={setAsking}>
            {t('dry_run.ask_partners')}
          </Checkbox>
          {doIt.isError && <ProblemView error={doIt.error} />}
          {dryRun.error !== null && <ProblemView error={dryRun.error} onAgain={() => void dryRun.again()} />}
          {tried === null && <p className="dim">{t('dry_run.fill_first')}</p>}
          {dryRun.isAsking && !preview && <Skeleton lines={3} />}
          {preview && <PreviewCalls preview={preview} />}
          {(ticked === 'agree' || ticked === 'agree_blind') && (
            <Banner tone="warn">
              <Checkbox checked={agreed} onChange={setAgreed}>
                {t(ticked === 'agree' ? 'dry_run.agree' : 'dry_run.agree_blind')}
              </Checkbox>
            </Banner>
          )}
        </>
      )}
    </Sheet>
  );
}

/** Each action has its own path; their bodies differ only in fields, which were made by `argumentsOf`. */
function act(id: string, action: Action, body: Record<string, unknown>, key: string): Promise<Schemas['Settled']> {
  const init = { params: { path: { id }, header: { 'Idempotency-Key': key } }, body: body as never };
  switch (action) {
    case 'retry':
      return take(api.POST('/api/v1/exceptions/{id}/retry', init));
    case 'amend':
      return take(api.POST('/api/v1/exceptions/{id}/amend', init));
    case 'from-step':
      return take(api.POST('/api/v1/exceptions/{id}/from-step', init));
    case 'newer-version':
      return take(api.POST('/api/v1/exceptions/{id}/newer-version', init));
    case 'skip':
      return take(api.POST('/api/v1/exceptions/{id}/skip', init));
    case 'mark-done':
      return take(api.POST('/api/v1/exceptions/{id}/mark-done', init));
    case 'cancel':
      return take(api.POST('/api/v1/exceptions/{id}/cancel', init));
    default:
      return Promise.reject(new Error(`\`${action}\` is not done to one exception`));
  }
}

/** The exception itself, for pages that have only its id. */
export function useException(id: string | null) {
  return useQuery({
    queryKey: ['exception', id],
    queryFn: () => take(api.GET('/api/v1/exceptions/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== null,
  });
}
