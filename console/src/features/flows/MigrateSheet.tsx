import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Sheet, Skeleton, Table, TextArea } from '../../ui';
import { useCommandKeys } from '../acting/command';
import { told } from './migration';

/** Moves instances that run on earlier versions to the live one: what each would lose is shown first. */
export function MigrateSheet({ flow, onClose }: { flow: string; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const keyFor = useCommandKeys();
  const look = useQuery({
    queryKey: ['migration', flow],
    queryFn: () => take(api.POST('/api/v1/instances/migrations', { body: { flow, dry_run: true } })),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const found = look.data;
  const move = useMutation({
    mutationFn: () => {
      // Those that were shown to fit, and to the version that they were compared with.
      const body = {
        flow,
        to: found?.to,
        instances: (found?.items ?? []).filter((item) => item.result === 'can').map((item) => item.instance),
        reason: reason.trim(),
      };
      return take(api.POST('/api/v1/instances/migrations', { params: { header: { 'Idempotency-Key': keyFor(body) } }, body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['instance'] }),
  });
  const shown = move.data ?? found;
  const stop =
    found && found.moved === 0 ? t('migrate.none_fit') : reason.trim() === '' ? t('act.needed') : found ? null : t('state.loading');
  return (
    <Sheet
      onClose={onClose}
      title={t('migrate.title')}
      footer={
        move.data ? (
          <Button kind="primary" onPress={onClose}>
            {t('close')}
          </Button>
        ) : (
          <Button kind="primary" refused={stop} disabled={move.isPending} onPress={() => move.mutate()}>
            {t('migrate.do', { count: found?.moved ?? 0 })}
          </Button>
        )
      }
    >
      <p>{t('migrate.what')}</p>
      {look.isPending && <Skeleton lines={4} />}
      {look.isError && <ProblemView error={look.error} compact />}
      {move.isError && <ProblemView error={move.error} compact />}
      {shown && (
        <div role="status">
          <Banner tone={move.data ? (move.data.refused > 0 ? 'warn' : 'ok') : 'info'}>
            {t(move.data ? 'migrate.done' : 'migrate.would', { moved: shown.moved, refused: shown.refused })}
          </Banner>
        </div>
      )}
      {shown?.more && <p className="dim">{t('migrate.more')}</p>}
      {shown && shown.items.length > 0 && <Items items={shown.items} />}
      {!move.data && <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />}
    </Sheet>
  );
}

function Items({ items }: { items: Schemas['MigrationItem'][] }) {
  const t = useT();
  const word = useWord();
  return (
    <Table caption={t('flows.instances')} heads={[t('flows.instances'), t('documents.state'), t('migrate.what_of_it')]}>
      {items.map((item) => (
        <tr key={item.instance}>
          <th scope="row">
            <code className="small">{item.instance.slice(-12)}</code>
          </th>
          <td>{word('migrated', item.result)}</td>
          <td className="wrap small">
            {told(item).map(({ what, of }) => (
              <div key={`${what}-${of}`}>
                {t(`migrate.${what}`)} {of}
              </div>
            ))}
          </td>
        </tr>
      ))}
    </Table>
  );
}
