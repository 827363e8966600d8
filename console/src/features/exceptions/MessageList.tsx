import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useRefusal } from '../../app/me';
import { LoadedPages, More } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Button, Card, Empty, Facts, Json, StatusChip, TextArea, Time } from '../../ui';

type Message = Schemas['MessageItem'];

/** Messages that no object is known for yet, and those that could not be understood. */
export function MessageList() {
  const t = useT();
  const refused = useRefusal()('settle_messages');
  const [acting, setActing] = useState<{ message: Message; action: 'take-up' | 'drop' } | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['exceptions', 'messages'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/messages', { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <div className="stack">
      <LoadedPages list={list}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('messages.none')} why={t('messages.none_why')} />
          ) : (
            items.map((message) => (
              <Card
                key={message.id}
                level={2}
                title={
                  <span className="row">
                    <StatusChip room="message" state={message.state} />
                    {message.connection} · {message.event}
                    <code className="small">{message.external_id}</code>
                  </span>
                }
                action={
                  <span className="row">
                    {message.actions.includes('take-up') && (
                      <Button size="small" refused={refused} onPress={() => setActing({ message, action: 'take-up' })}>
                        {t('action.take-up')}
                      </Button>
                    )}
                    {message.actions.includes('drop') && (
                      <Button size="small" kind="danger" refused={refused} onPress={() => setActing({ message, action: 'drop' })}>
                        {t('action.drop')}
                      </Button>
                    )}
                  </span>
                }
              >
                {message.problem && <p className="wrap">{message.problem}</p>}
                <Facts
                  rows={[
                    [t('messages.received'), <Time key="at" at={message.received_at} exact seconds />],
                    [t('messages.due'), message.due_at ? <Time key="due" at={message.due_at} exact seconds /> : null],
                    [t('messages.attempts'), String(message.attempts)],
                    [t('messages.id'), <code key="id">{message.message_id}</code>],
                  ]}
                />
                {message.payload && (
                  <details>
                    <summary className="small">{t('messages.payload')}</summary>
                    <Json value={message.payload} label={t('messages.payload')} />
                  </details>
                )}
              </Card>
            ))
          )
        }
      </LoadedPages>
      <More list={list} />
      {acting && <Settle {...acting} onClose={() => setActing(null)} />}
    </div>
  );
}

function Settle({ message, action, onClose }: { message: Message; action: 'take-up' | 'drop'; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const init = { params: { path: { id: message.id } }, body: reason.trim() ? { reason: reason.trim() } : {} };
  const settle = useMutation({
    mutationFn: () =>
      take(action === 'drop' ? api.POST('/api/v1/messages/{id}/drop', init) : api.POST('/api/v1/messages/{id}/take-up', init)),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['exceptions'] });
    },
  });
  return (
    <AskSheet
      title={t(`action.${action}` as Key)}
      act={t(`action.${action}` as Key)}
      kind={action === 'drop' ? 'danger' : 'primary'}
      ask={settle}
      refused={action === 'drop' && reason.trim() === '' ? t('act.needed') : null}
      onClose={onClose}
    >
      <p>{t(`action.what.${action}` as Key)}</p>
      <TextArea label={`${t('act.field.reason')}${action === 'drop' ? ' *' : ''}`} value={reason} onChange={setReason} />
    </AskSheet>
  );
}
