import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { Loaded } from '../../app/states';
import { useSaid, useT, useWord } from '../../i18n';
import { Card, Empty, Sentence, StatusChip, Time } from '../../ui';
import { Notes } from '../acting/Notes';
import type { Detail } from './use';

/** Kinds of the story that are a person's doing. */
const BY_PEOPLE = ['command', 'amended'];

/** Who did what to the document, and why: commands, mends, and what was noted on its exceptions. */
export function NotesTab({ detail }: { detail: Detail }) {
  const t = useT();
  const said = useSaid();
  const word = useWord();
  const story = useQuery({
    queryKey: ['document', detail.id, 'story'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/story', { params: { path: { id: detail.id } } })),
  });
  const exceptions = useQuery({
    queryKey: ['document', detail.id, 'exceptions'],
    queryFn: async () => {
      const of = (state: string) =>
        take(api.GET('/api/v1/exceptions', { params: { query: { document: detail.id, state, limit: 100 } } }));
      const [open, closed] = await Promise.all([of('open'), of('closed')]);
      return [...open.items, ...closed.items].sort((a, b) => b.opened_at.localeCompare(a.opened_at));
    },
  });
  return (
    <div className="columns">
      <Card title={t('audit.commands')}>
        <Loaded query={story} lines={3}>
          {({ items }) => {
            const done = items.filter((entry) => BY_PEOPLE.includes(entry.kind));
            if (done.length === 0) return <Empty title={t('audit.none')} why={t('audit.none_why')} />;
            return (
              <ol className="stack">
                {done.map((entry) => (
                  <li key={`${entry.at}-${entry.kind}-${entry.step}`} className="stack tight">
                    <span>
                      <Sentence text={said(entry.words)} />
                    </span>
                    <span className="dim small">
                      <Time at={entry.at} exact seconds />
                    </span>
                  </li>
                ))}
              </ol>
            );
          }}
        </Loaded>
      </Card>
      <Card title={t('audit.exceptions')}>
        <Loaded query={exceptions} lines={3}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={t('audit.no_exceptions')} />
            ) : (
              <ol className="stack">
                {items.map((item) => (
                  <li key={item.id} className="card">
                    <span className="row">
                      <StatusChip room="exception" state={item.state} />
                      <strong>{word('cause', item.cause)}</strong>
                      <HelpCode code={item.code} />
                    </span>
                    <p className="wrap">
                      <Sentence text={item.message} />
                    </p>
                    <span className="dim small">
                      <Time at={item.opened_at} exact />
                      {item.closed_at && (
                        <>
                          {' → '}
                          <Time at={item.closed_at} exact /> · {item.resolution} · {item.resolved_by}
                        </>
                      )}
                    </span>
                    <Notes exception={item.id} />
                  </li>
                ))}
              </ol>
            )
          }
        </Loaded>
      </Card>
    </div>
  );
}
