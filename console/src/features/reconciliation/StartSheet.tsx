import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Checkbox, Select, Sheet, TextArea, TextField } from '../../ui';
import { useCommandKeys } from '../acting/command';

/** Asks for one reading of a system; nothing is written to it unless a flow says so. */
export function StartSheet({ onClose, onStarted }: { onClose: () => void; onStarted: (id: string) => void }) {
  const t = useT();
  const client = useQueryClient();
  const [connection, setConnection] = useState('');
  const [since, setSince] = useState('');
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const keyFor = useCommandKeys();
  const connections = useQuery({ queryKey: ['connections'], queryFn: () => take(api.GET('/api/v1/connections')) });
  const start = useMutation({
    mutationFn: () => {
      const body = {
        connection,
        open,
        ...(since ? { since: new Date(since).toISOString() } : {}),
        ...(reason.trim() ? { reason: reason.trim() } : {}),
      };
      return take(api.POST('/api/v1/reconciliations', { params: { header: { 'Idempotency-Key': keyFor(body) } }, body }));
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['reconciliations'] });
      onStarted(id);
    },
  });
  return (
    <Sheet
      middle
      onClose={onClose}
      title={t('reconcile.start')}
      footer={
        <Button
          kind="primary"
          refused={connection === '' ? t('reconcile.choose_connection') : null}
          disabled={start.isPending}
          onPress={() => start.mutate()}
        >
          {t('reconcile.start')}
        </Button>
      }
    >
      <p>{t('reconcile.what')}</p>
      <Loaded query={connections} lines={1}>
        {({ items }) => (
          <Select
            label={`${t('filters.system')} *`}
            value={connection}
            onChange={setConnection}
            choices={[
              { id: '', name: '–' },
              ...items.map((item) => ({ id: item.connection, name: item.connection, detail: item.connector })),
            ]}
          />
        )}
      </Loaded>
      <Checkbox checked={open} onChange={setOpen}>
        {t('reconcile.open_only')}
      </Checkbox>
      {!open && (
        <TextField
          label={t('reconcile.ended_since')}
          value={since}
          onChange={setSince}
          type="date"
          hint={t('reconcile.window_hint')}
        />
      )}
      <TextArea label={t('act.field.reason')} value={reason} onChange={setReason} rows={2} />
      {start.isError && <ProblemView error={start.error} compact />}
    </Sheet>
  );
}
