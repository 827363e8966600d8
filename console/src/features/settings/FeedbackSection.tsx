import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useRefusal } from '../../app/me';
import { settingsRoute } from '../../app/router';
import { LoadedPages, More } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, Chip, Empty, Select, TextArea, Time } from '../../ui';

type Item = Schemas['FeedbackItem'];

/** What people have to say about pages, for the owners: each with its page, and what became of it. */
export function FeedbackSection() {
  const t = useT();
  const navigate = useNavigate();
  const refused = useRefusal()('manage_users');
  const settled = settingsRoute.useSearch().open === 'settled';
  const [settling, setSettling] = useState<Item | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['feedback', settled],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/feedback', { params: { query: { settled, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: refused === null,
  });
  if (refused !== null) return <Banner tone="warn">{refused}</Banner>;
  return (
    <div className="stack">
      <p className="dim">{t('feedback.list_what')}</p>
      <div className="filters">
        <Select
          label={t('documents.state')}
          value={settled ? 'settled' : ''}
          onChange={(value) =>
            void navigate({
              to: '/settings/$section',
              params: { section: 'feedback' },
              search: { open: value || undefined },
              replace: true,
            })
          }
          choices={[
            { id: '', name: t('feedback.open') },
            { id: 'settled', name: t('feedback.settled') },
          ]}
        />
      </div>
      <LoadedPages list={list} lines={4}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('feedback.none')} why={t('feedback.none_why')} />
          ) : (
            items.map((item) => <Note key={item.id} item={item} onSettle={() => setSettling(item)} />)
          )
        }
      </LoadedPages>
      <More list={list} />
      {settling && <Settle item={settling} onClose={() => setSettling(null)} />}
    </div>
  );
}

function Note({ item, onSettle }: { item: Item; onSettle: () => void }) {
  const t = useT();
  return (
    <Card
      level={3}
      title={
        <span className="row">
          <span>{item.author}</span> <Time at={item.created_at} />
        </span>
      }
      action={
        item.settled_at ? (
          <Chip tone="ok" icon="check">
            {t('feedback.settled')}
          </Chip>
        ) : (
          <Button size="small" onPress={onSettle}>
            {t('feedback.settle')}
          </Button>
        )
      }
    >
      <p className="prewrap wrap">{item.text}</p>
      <p className="small wrap">
        <PageLink page={item.page} />
      </p>
      {item.agent && <p className="dim small wrap">{item.agent}</p>}
      {item.settled_at && (
        <p className="dim wrap">
          {item.settled_by} <Time at={item.settled_at} /> {item.answer}
        </p>
      )}
    </Card>
  );
}

/** Within the console, whatever the note says: an address is a path of this hub. */
function PageLink({ page }: { page: string }) {
  const [pathname = '/', query = ''] = page.split('?');
  return (
    <Link to={pathname} search={Object.fromEntries(new URLSearchParams(query))} className="mono">
      {page}
    </Link>
  );
}

function Settle({ item, onClose }: { item: Item; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [answer, setAnswer] = useState('');
  const settle = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/feedback/{id}/settle', {
          params: { path: { id: item.id } },
          body: answer.trim() ? { answer: answer.trim() } : {},
        }),
      ),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['feedback'] });
    },
  });
  return (
    <AskSheet title={t('feedback.settle')} act={t('feedback.settle')} ask={settle} onClose={onClose}>
      <p className="prewrap wrap">{item.text}</p>
      <TextArea label={t('feedback.answer')} value={answer} onChange={setAnswer} rows={3} autoFocus />
    </AskSheet>
  );
}
