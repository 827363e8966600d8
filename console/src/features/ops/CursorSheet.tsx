import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take, takeWithTag } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Checkbox, Sheet, Table, TextArea, toast } from '../../ui';
import { changesOf, orderOf } from './cursor';

/** Moves where a stream goes on from: what changes is shown first, and a reason stays in the audit. */
export function CursorSheet({ connection, stream, onClose }: { connection: string; stream: string; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['cursor', connection, stream],
    queryFn: () => takeWithTag(api.GET('/api/v1/streams/{name}/{stream}', { params: { path: { name: connection, stream } } })),
    // As it was when the sheet was opened: whoever moves it meanwhile is not overruled unseen.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (query.data) return <Move seen={query.data.data} etag={query.data.etag} onClose={onClose} />;
  return (
    <Sheet middle title={t('streams.move')} onClose={onClose}>
      <Loaded query={query} lines={3}>
        {() => null}
      </Loaded>
    </Sheet>
  );
}

function Move({ seen, etag, onClose }: { seen: Schemas['Stream']; etag: string; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [first] = useState({ seen, etag });
  const now: unknown = first.seen.cursor;
  const [text, setText] = useState(now === undefined || now === null ? '{}' : JSON.stringify(now, null, 2));
  const [fromStart, setFromStart] = useState(false);
  const [reason, setReason] = useState('');
  const [agreed, setAgreed] = useState(false);
  const order = orderOf(text, fromStart, now);
  const move = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/v1/streams/{name}/{stream}/cursor', {
          params: {
            path: { name: first.seen.connection, stream: first.seen.stream },
            header: { 'If-Match': first.etag },
          },
          body: { cursor: ('cursor' in order ? order.cursor : null) as never, reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      toast({ tone: 'info', text: t('streams.moved') });
      onClose();
      return client.invalidateQueries({ queryKey: ['ops', 'streams'] });
    },
  });
  const fault = 'fault' in order ? t(`streams.fault.${order.fault}`) : null;
  const changes = 'cursor' in order ? changesOf(now, order.cursor) : [];
  return (
    <AskSheet
      title={`${t('streams.move')} · ${first.seen.connection} · ${first.seen.stream}`}
      act={t('streams.move_do')}
      kind="danger"
      ask={move}
      refused={fault ?? (reason.trim() === '' ? t('act.needed') : agreed ? null : t('streams.agree_first'))}
      onClose={onClose}
    >
      <p>{t('streams.move_what')}</p>
      <Checkbox checked={fromStart} onChange={setFromStart}>
        {t('streams.from_start')}
      </Checkbox>
      {!fromStart && <TextArea label={t('streams.cursor')} value={text} onChange={setText} rows={5} fault={fault} />}
      {changes.length > 0 && (
        <Table caption={t('streams.changes')} shown heads={[t('data.field'), t('streams.before'), t('streams.after')]}>
          {changes.map((change) => (
            <tr key={change.key}>
              <th scope="row">
                <code>{change.key}</code>
              </th>
              <td className="mono wrap removed">{change.before}</td>
              <td className="mono wrap added">{change.after}</td>
            </tr>
          ))}
        </Table>
      )}
      <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />
      <Checkbox checked={agreed} onChange={setAgreed}>
        {t('streams.agree')}
      </Checkbox>
    </AskSheet>
  );
}
