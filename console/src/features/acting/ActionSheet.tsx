import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, commandKey, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Checkbox, Sheet } from '../../ui';
import { ActionFields } from './ActionFields';
import { type Action, argumentsOf, type Fields, NO_FIELDS } from './actions';
import { Observed } from './Observed';
import { PreviewCalls } from './PreviewCalls';

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
  // One key for this sheet: pressing twice, or again after a lost answer, does it once.
  const [key] = useState(commandKey);
  const dryRun = useMutation({ mutationFn: (body: Record<string, unknown>) => tryOut(target.exception, body) });
  const doIt = useMutation({
    mutationFn: (body: Record<string, unknown>) => act(target.exception, action, body, key),
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [name] }) =>
          name === 'document' || name === 'exceptions' || name === 'exception' || name === 'counts',
      }),
  });
  const run = (then: (body: Record<string, unknown>) => void) => {
    const made = argumentsOf(action, fields);
    if ('fault' in made) return setFault(made.fault);
    setFault(null);
    then({ ...made.ok.arguments, ...(made.ok.reason ? { reason: made.ok.reason } : {}) });
  };
  const preview = dryRun.data;
  const risky = preview?.calls.some((call) => call.may_duplicate) ?? false;
  const stop = refused ?? (preview?.refused ? t('dry_run.refused') : risky && !agreed ? t('dry_run.agree_first') : null);
  const change = (next: Fields) => {
    setFields(next);
    // A dry run is of what was filled in then.
    dryRun.reset();
    setAgreed(false);
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
              disabled={dryRun.isPending}
              refused={refused}
              onPress={() => run((body) => dryRun.mutate({ ...body, action, ask_partners: asking }))}
            >
              {dryRun.isPending ? t('dry_run.busy') : t('dry_run.do')}
            </Button>
            <Button
              kind={action === 'cancel' ? 'danger' : 'primary'}
              disabled={doIt.isPending}
              refused={stop}
              onPress={() => run((body) => doIt.mutate(body))}
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
          {dryRun.isError && <ProblemView error={dryRun.error} />}
          {preview && <PreviewCalls preview={preview} />}
          {risky && (
            <Banner tone="warn">
              <Checkbox checked={agreed} onChange={setAgreed}>
                {t('dry_run.agree')}
              </Checkbox>
            </Banner>
          )}
        </>
      )}
    </Sheet>
  );
}

function tryOut(id: string, body: Record<string, unknown>) {
  return take(
    api.POST('/api/v1/exceptions/{id}/dry-run', { params: { path: { id } }, body: body as unknown as Schemas['DryRun'] }),
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
