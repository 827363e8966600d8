import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { ProblemView } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Button, Sheet, TextArea, TextField } from '../../ui';
import { useCommandKeys } from '../acting/command';

/** Holds the breaker, or lets it decide again. */
export function BreakerSheet({
  connection,
  etag,
  state,
  onClose,
}: {
  connection: string;
  etag: string;
  state: 'open' | 'closed' | 'auto';
  onClose: () => void;
}) {
  const t = useT();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  // Of what was on the page when it was opened: who takes hold meanwhile is not overruled unseen.
  const [seen] = useState(etag);
  const hold = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/v1/connections/{name}/breaker', {
          params: { path: { name: connection }, header: { 'If-Match': seen } },
          body: { state, reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['connections'] });
    },
  });
  return (
    <AskSheet
      title={`${t(`breaker.${state}` as Key)} · ${connection}`}
      act={t(`breaker.${state}` as Key)}
      kind={state === 'open' ? 'danger' : 'primary'}
      ask={hold}
      refused={reason.trim() === '' ? t('act.needed') : null}
      onClose={onClose}
    >
      <p>{t(`breaker.what.${state}` as Key)}</p>
      <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />
    </AskSheet>
  );
}

/** After an outage: everything of a connection that stopped since a time, tried again as one batch. */
export function RecoverSheet({ connection, onClose }: { connection: string; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const [since, setSince] = useState('');
  const [reason, setReason] = useState('');
  const keyFor = useCommandKeys();
  const at = new Date(since);
  const recover = useMutation({
    mutationFn: (dry: boolean) => {
      const body = { since: at.toISOString(), reason: reason.trim(), dry_run: dry };
      const params = { path: { name: connection }, header: { 'Idempotency-Key': keyFor(body) } };
      return take(api.POST('/api/v1/connections/{name}/recover', { params, body }));
    },
    onSuccess: (batch) => {
      onClose();
      void navigate({ to: '/ops/batches/$batch', params: { batch: batch.id } });
    },
  });
  const missing = Number.isNaN(at.getTime()) || reason.trim() === '' ? t('act.needed') : null;
  return (
    <Sheet
      middle
      onClose={onClose}
      title={`${t('recover.title')} · ${connection}`}
      footer={
        <>
          <Button disabled={recover.isPending} refused={missing} onPress={() => recover.mutate(true)}>
            {t('dry_run.do')}
          </Button>
          <Button kind="primary" disabled={recover.isPending} refused={missing} onPress={() => recover.mutate(false)}>
            {t('recover.go')}
          </Button>
        </>
      }
    >
      <p>{t('recover.what')}</p>
      <TextField
        label={`${t('recover.since')} *`}
        value={since}
        onChange={setSince}
        placeholder="2026-09-28T10:00"
        hint={t('recover.since_hint')}
      />
      <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />
      {recover.isError && <ProblemView error={recover.error} compact />}
    </Sheet>
  );
}
