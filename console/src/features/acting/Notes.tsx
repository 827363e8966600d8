import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, TextArea, Time } from '../../ui';

/** What people said and did about one exception. */
export function Notes({ exception, write }: { exception: string; write?: boolean }) {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const refused = useRefusal()('settle_exceptions');
  const [text, setText] = useState('');
  const path = { id: exception };
  const query = useQuery({
    queryKey: ['exception', exception, 'notes'],
    queryFn: () => take(api.GET('/api/v1/exceptions/{id}/notes', { params: { path } })),
  });
  const add = useMutation({
    mutationFn: () => take(api.POST('/api/v1/exceptions/{id}/notes', { params: { path }, body: { text: text.trim() } })),
    onSuccess: () => {
      setText('');
      return client.invalidateQueries({ queryKey: ['exception', exception, 'notes'] });
    },
  });
  return (
    <div className="stack">
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dim">{t('notes.none')}</p>
          ) : (
            <ol className="stack tight">
              {items.map((note) => (
                <li key={note.id}>
                  <span className="dim small">
                    <Time at={note.at} exact /> · {note.actor} · {word('note', note.kind)}
                  </span>
                  <p className="wrap prewrap">{note.text}</p>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      {write && (
        <>
          <TextArea label={t('notes.write')} value={text} onChange={setText} rows={2} />
          {add.isError && <ProblemView error={add.error} compact />}
          <div className="row end">
            <Button size="small" refused={refused} disabled={text.trim() === '' || add.isPending} onPress={() => add.mutate()}>
              {t('notes.add')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
