/** What a page shows while it has nothing, or when the hub says no. */
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { problemOf } from '../api/problem';
import { useT } from '../i18n';
import { Banner, Button, Copy, Sentence, Skeleton } from '../ui';
import { HelpCode } from './help/Help';
import { useSentence } from './sentence';

export { useSentence };

/** A problem in the reader's language, with what the hub said about this time. */
export function ProblemView({ error, onAgain, compact }: { error: unknown; onAgain?: () => void; compact?: boolean }) {
  const t = useT();
  const problem = problemOf(error);
  const sentence = useSentence();
  const details = JSON.stringify(problem, null, 2);
  // Nothing went wrong; where it is settled says more than which one it is.
  const waits = problem.code === 'second_person';
  return (
    <Banner
      tone={problem.status === 403 || waits ? 'warn' : 'bad'}
      live
      action={
        onAgain && (
          <Button size="small" icon="refresh" onPress={onAgain}>
            {t('again')}
          </Button>
        )
      }
    >
      <strong>{sentence(problem)}</strong>
      {/* Where the hub has nothing to add to the sentence, it is not said twice. */}
      {waits && (
        <Link to="/settings/$section" params={{ section: 'proposals' }}>
          {t('settings.proposals')}
        </Link>
      )}
      {problem.detail && problem.detail !== sentence(problem) && problem.code !== 'console_fault' && !waits && (
        <span lang="en">
          <Sentence text={problem.detail} />
        </span>
      )}
      {problem.code === 'console_fault' && <span className="mono">{problem.detail}</span>}
      {problem.pointers?.map((pointer) => (
        <span key={pointer.pointer} lang="en">
          <code>{pointer.pointer || '/'}</code> {pointer.message}
        </span>
      ))}
      {problem.status === 403 && (
        <span>
          <Sentence text={t('problem.who_grants')} />
        </span>
      )}
      {!compact && (
        <span className="row small dim">
          <span>
            {t('problem.code')} <HelpCode code={problem.code} />
          </span>
          {problem.request_id && (
            <span>
              {t('problem.request')} <code>{problem.request_id}</code>
            </span>
          )}
          <Copy text={details} label={t('problem.copy')}>
            <span>{t('problem.details')}</span>
          </Copy>
        </span>
      )}
    </Banner>
  );
}

/** The answer when it is there, else what stands in its place. */
export function Loaded<T>({
  query,
  children,
  lines,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  lines?: number;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <ProblemView error={query.error} onAgain={() => void query.refetch()} compact />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ProblemView error={query.error} onAgain={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
}

type Listed<Item> = UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>;

/** The same for a list that is read page by page: all rows that are there by now. */
export function LoadedPages<Item>({
  list,
  lines,
  children,
}: {
  list: Listed<Item>;
  lines?: number;
  children: (items: Item[]) => ReactNode;
}) {
  if (list.data) {
    return (
      <>
        {/* Of a page that did not come it is told where it would stand. */}
        {list.isError && !list.isFetchNextPageError && (
          <ProblemView error={list.error} onAgain={() => void list.refetch()} compact />
        )}
        {children(list.data.pages.flatMap((page) => page.items))}
      </>
    );
  }
  if (list.isError) return <ProblemView error={list.error} onAgain={() => void list.refetch()} />;
  return <Skeleton lines={lines} />;
}

type Next = Pick<
  Listed<unknown>,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage' | 'error' | 'errorUpdatedAt'
>;

/** The next page, as a grid asks for it near its end. */
export function moreOf(list: Next) {
  const load = () => void list.fetchNextPage();
  const { status } = problemOf(list.error);
  return {
    has: list.hasNextPage,
    loading: list.isFetchingNextPage,
    load,
    failed: list.isFetchNextPageError
      ? {
          at: list.errorUpdatedAt,
          passing: status === 0 || status === 429 || status >= 500,
          shown: <ProblemView error={list.error} onAgain={load} compact />,
        }
      : undefined,
  };
}

/** The same as a button below a list that is no grid. */
export function More({ list }: { list: Next }) {
  const t = useT();
  if (list.isFetchNextPageError) return moreOf(list).failed?.shown;
  return list.hasNextPage ? <Button onPress={() => void list.fetchNextPage()}>{t('list.more')}</Button> : null;
}
