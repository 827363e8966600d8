import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { releasesRoute } from '../../app/router';
import { Loaded, More, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Card, Chip, Empty, Select, Sheet, Skeleton, TextArea, Time } from '../../ui';
import { useCommandKeys } from '../acting/command';
import { DiffView } from '../definitions/DiffView';
import { PublishSheet } from '../definitions/PublishSheet';

/** What was published when and why, what is about to be, and the way back. */
export function ReleasesPage() {
  const t = useT();
  return (
    <Page title={t('nav.releases')} name={t('nav.releases')}>
      <Drafts />
      <Releases />
    </Page>
  );
}

function Drafts() {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const refused = useRefusal()('edit_drafts');
  const [publishing, setPublishing] = useState(false);
  const query = useQuery({ queryKey: ['drafts'], queryFn: () => take(api.GET('/api/v1/drafts')), enabled: refused === null });
  if (refused !== null) return null;
  return (
    <Card
      title={t('releases.drafts')}
      action={
        <Button kind="primary" disabled={(query.data?.items.length ?? 0) === 0} onPress={() => setPublishing(true)}>
          {t('publish.all')}
        </Button>
      }
    >
      <Loaded query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dim">{t('releases.no_drafts')}</p>
          ) : (
            <ul className="stack tight">
              {items.map((draft) => (
                <li key={`${draft.kind}/${draft.id}`} className="row">
                  <span className="dim">{word('kind', draft.kind)}</span>
                  <code>{draft.id}</code>
                  <Time at={draft.updated_at} />
                  {draft.outdated && <Chip tone="warn">{t('draft.outdated')}</Chip>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {publishing && (
        <PublishSheet
          drafts={(query.data?.items ?? []).map(({ kind, id }) => ({ kind, id }))}
          onClose={() => setPublishing(false)}
          onPublished={() => {
            setPublishing(false);
            void client.invalidateQueries();
          }}
        />
      )}
    </Card>
  );
}

function Releases() {
  const t = useT();
  const navigate = useNavigate();
  const search = releasesRoute.useSearch();
  const refused = useRefusal()('publish');
  const [back, setBack] = useState<Schemas['ReleaseView'] | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['releases', 'list'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/releases', { params: { query: { limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (list.isPending) return <Skeleton />;
  if (list.isError && !list.data) return <ProblemView error={list.error} onAgain={() => void list.refetch()} />;
  const items = list.data.pages.flatMap((page) => page.items);
  const numbers = items.map((item) => String(item.number));
  const set = (next: typeof search) => void navigate({ to: '/releases', search: { ...search, ...next }, replace: true });
  const choices = numbers.map((id) => ({ id, name: t('releases.number', { number: Number(id) }) }));
  return (
    <>
      <Card title={t('releases.title')}>
        {items.length === 0 ? (
          <Empty title={t('releases.none')} />
        ) : (
          <ol className="stack">
            {items.map((item) => (
              <li key={item.number} className="row between">
                <span className="row">
                  <strong>{t('releases.number', { number: item.number })}</strong>
                  {item.live && <Chip tone="ok">{t('versions.live')}</Chip>}
                  {item.restores && <Chip>{t('releases.restores', { number: item.restores })}</Chip>}
                  <Chip tone={item.tests_failed > 0 ? 'warn' : 'ok'}>
                    {t('publish.cases', { passed: item.tests_passed, count: item.tests_passed + item.tests_failed })}
                  </Chip>
                  <span className="wrap">{item.message}</span>
                  {item.untested && <span className="dim">{item.untested}</span>}
                  <span className="dim small">
                    {item.author} · <Time at={item.created_at} exact />
                  </span>
                </span>
                {!item.live && (
                  <Button size="small" refused={refused} onPress={() => setBack(item)}>
                    {t('releases.back')}
                  </Button>
                )}
              </li>
            ))}
          </ol>
        )}
        <More list={list} />
      </Card>
      {numbers.length > 1 && (
        <Card title={t('releases.compare')}>
          <div className="filters">
            <Select
              label={t('releases.from')}
              value={search.from ?? ''}
              onChange={(from) => set({ from })}
              choices={[{ id: '', name: '–' }, ...choices]}
            />
            <Select
              label={t('releases.to')}
              value={search.to ?? ''}
              onChange={(to) => set({ to })}
              choices={[{ id: '', name: '–' }, ...choices]}
            />
          </div>
          {search.from && search.to && <Compare from={Number(search.from)} to={Number(search.to)} />}
        </Card>
      )}
      {back && <RollBack release={back} live={items.find((item) => item.live)?.number} onClose={() => setBack(null)} />}
    </>
  );
}

function Compare({ from, to }: { from: number; to: number }) {
  const query = useQuery({
    queryKey: ['releases', 'diff', from, to],
    queryFn: () => take(api.GET('/api/v1/releases/diff', { params: { query: { from, to } } })),
    staleTime: 60_000,
  });
  return <Loaded query={query}>{(diff) => <DiffView diff={diff} />}</Loaded>;
}

function RollBack({ release, live, onClose }: { release: Schemas['ReleaseView']; live?: number; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [message, setMessage] = useState('');
  const keyFor = useCommandKeys();
  const go = useMutation({
    mutationFn: () => {
      const body = { message: message.trim(), base: live };
      const params = { path: { number: release.number }, header: { 'Idempotency-Key': keyFor(body) } };
      return take(api.POST('/api/v1/releases/{number}/rollback', { params, body }));
    },
    onSuccess: () => {
      onClose();
      return client.invalidateQueries();
    },
  });
  return (
    <Sheet
      onClose={onClose}
      title={t('releases.back_to', { number: release.number })}
      footer={
        <Button
          kind="primary"
          disabled={go.isPending}
          refused={message.trim() === '' ? t('publish.message_first') : null}
          onPress={() => go.mutate()}
        >
          {t('releases.back')}
        </Button>
      }
    >
      <p>{t('releases.back_what')}</p>
      <TextArea label={`${t('publish.message')} *`} value={message} onChange={setMessage} rows={2} />
      {go.isError && <ProblemView error={go.error} />}
      {live !== undefined && <Compare from={live} to={release.number} />}
    </Sheet>
  );
}
