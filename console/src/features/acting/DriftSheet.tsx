import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { ProblemView } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Banner, Button, Facts, Sheet, TextArea } from '../../ui';
import { useCommandKeys } from './command';

/** Settles a difference: the flow repairs it, or it is accepted as it is. */
export function DriftSheet({ id, action, onClose }: { id: string; action: 'accept' | 'repair'; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const keyFor = useCommandKeys();
  const path = { id };
  const again = () => client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'document' || name === 'drift' });
  const repair = useMutation({
    mutationFn: (dry: boolean) => {
      const body = { reason: reason.trim(), dry_run: dry };
      return take(api.POST('/api/v1/drift/{id}/repair', { params: { path, header: { 'Idempotency-Key': keyFor(body) } }, body }));
    },
    onSuccess: (_, dry) => (dry ? undefined : again()),
  });
  const accept = useMutation({
    mutationFn: () => take(api.POST('/api/v1/drift/{id}/accept', { params: { path }, body: { reason: reason.trim() } })),
    onSuccess: again,
  });
  const done = accept.isSuccess || (repair.isSuccess && repair.variables === false);
  const error = repair.error ?? accept.error;
  const missing = reason.trim() === '' ? t('act.needed') : null;
  return (
    <Sheet
      onClose={onClose}
      title={t(`drift.${action}` as Key)}
      footer={
        done ? (
          <Button kind="primary" onPress={onClose}>
            {t('close')}
          </Button>
        ) : action === 'repair' ? (
          <>
            <Button refused={missing} onPress={() => repair.mutate(true)}>
              {t('dry_run.do')}
            </Button>
            <Button kind="primary" refused={missing} disabled={repair.isPending} onPress={() => repair.mutate(false)}>
              {t('drift.repair')}
            </Button>
          </>
        ) : (
          <Button kind="primary" refused={missing} disabled={accept.isPending} onPress={() => accept.mutate()}>
            {t('drift.accept')}
          </Button>
        )
      }
    >
      <p>{t(`drift.what.${action}` as Key)}</p>
      {!done && <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />}
      {error && <ProblemView error={error} />}
      {repair.data && (
        <Facts
          rows={[
            [t('drift.outcome'), word('repair', repair.data.outcome)],
            [t('drift.steps'), repair.data.steps.join(', ')],
            [t('drift.theirs'), repair.data.theirs],
          ]}
        />
      )}
      {done && <Banner tone="info">{action === 'repair' ? t('drift.repair_accepted') : t('drift.accepted')}</Banner>}
    </Sheet>
  );
}
