import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Page } from '../../app/Page';
import { tasksRoute } from '../../app/router';
import { moreOf, ProblemView } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Age, Checkbox, Chip, type Column, DataGrid, Empty, Select, Skeleton, StatusChip, Tabs, Time } from '../../ui';
import { arranged, type Line, SORTS } from './arrange';
import { useStepName } from './names';
import { amountOf, partyOf } from './TaskBody';
import { TaskPanel } from './TaskPanel';

type Item = Schemas['TaskItem'];
const LISTS = ['mine', 'done', 'started', 'copies'] as const;
type List = (typeof LISTS)[number];
type Search = ReturnType<typeof tasksRoute.useSearch>;
const ROW_HEIGHT = 68;
const PAGE_ROWS = 50;
/** The most that the hub gives at once. */
const WHOLE_ROWS = 500;

/** What a person is asked, what they did, what they began, what they are told. */
export function TasksPage() {
  const t = useT();
  const navigate = useNavigate();
  const search = tasksRoute.useSearch();
  const chosen = LISTS.find((list) => list === search.list) ?? 'mine';
  const counts = useQuery({ queryKey: ['tasks', 'counts'], queryFn: () => take(api.GET('/api/v1/tasks/counts')) });
  const go = (next: typeof search) => void navigate({ to: '/tasks', search: next, replace: true });
  const number = (list: List) =>
    ({ mine: counts.data?.mine, copies: counts.data?.copies, done: undefined, started: undefined })[list];
  return (
    <Page
      full
      title={t('nav.tasks')}
      name={t('nav.tasks')}
      actions={
        (counts.data?.overdue ?? 0) > 0 && (
          <Chip tone="warn" icon="clock">
            {t('tasks.overdue', { count: counts.data?.overdue ?? 0 })}
          </Chip>
        )
      }
    >
      <Tabs
        label={t('nav.tasks')}
        chosen={chosen}
        onChoose={(list) => go({ ...search, list: list === 'mine' ? undefined : list, task: undefined })}
        entries={LISTS.map((list) => ({
          id: list,
          name: `${t(`tasks.${list}` as Key)}${number(list) ? ` (${number(list)})` : ''}`,
          content: (
            <div className={`tasks${search.task ? ' with' : ''}`}>
              <TaskList list={list} search={search} onGo={go} />
              {search.task && <TaskPanel key={search.task} id={search.task} onClose={() => go({ ...search, task: undefined })} />}
            </div>
          ),
        }))}
      />
    </Page>
  );
}

function TaskList({ list, search, onGo }: { list: List; search: Search; onGo: (next: Search) => void }) {
  const t = useT();
  const name = useStepName();
  const { flow, task: chosen } = search;
  const sort = SORTS.find((each) => each === search.sort) ?? null;
  const grouped = search.group === 'flow';
  // In another order than the hub's the list is put together here, so as much of it is read as comes at once.
  const limit = sort || grouped ? WHOLE_ROWS : PAGE_ROWS;
  const tasks = useInfiniteQuery({
    queryKey: ['tasks', 'list', list, flow, limit],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/tasks', { params: { query: { list, flow, limit, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = useMemo(() => tasks.data?.pages.flatMap((page) => page.items) ?? [], [tasks.data]);
  const lines = useMemo(() => arranged(items, sort, grouped), [items, sort, grouped]);
  const flows = useFlows(items);
  const set = (next: Partial<Search>) => onGo({ ...search, ...next });
  const columns: Column<Line<Item>>[] = [
    {
      id: 'task',
      title: t(`tasks.${list}` as Key),
      width: 'minmax(240px, 1fr)',
      render: (line) =>
        'task' in line ? (
          <Row row={line.task} chosen={line.task.id === chosen} />
        ) : (
          <div className="task-row head">
            <strong>{t('tasks.of_flow', { flow: name(line.head, flows.get(line.head)), count: line.count })}</strong>
          </div>
        ),
    },
  ];
  const open = (line: Line<Item>) => ('task' in line ? set({ task: line.task.id }) : set({ flow: line.head, task: undefined }));
  if (tasks.isPending) return <Skeleton lines={8} />;
  if (tasks.isError && !tasks.data) {
    return (
      <div>
        <ProblemView error={tasks.error} onAgain={() => void tasks.refetch()} />
      </div>
    );
  }
  return (
    <div className="task-list">
      <div className="filters">
        <Select
          label={t('tasks.sort')}
          value={sort ?? ''}
          onChange={(next) => set({ sort: next || undefined })}
          choices={[{ id: '', name: t('tasks.sort.none') }, ...SORTS.map((id) => ({ id, name: t(`tasks.sort.${id}`) }))]}
        />
        <Select
          label={t('filters.flow')}
          value={flow ?? ''}
          onChange={(next) => set({ flow: next || undefined })}
          choices={[{ id: '', name: t('filters.any') }, ...[...flows].map(([id, title]) => ({ id, name: name(id, title) }))]}
        />
        <Checkbox checked={grouped} onChange={(on) => set({ group: on ? 'flow' : undefined })}>
          {t('tasks.group')}
        </Checkbox>
      </div>
      {(sort || grouped) && tasks.hasNextPage && <p className="dim small">{t('tasks.among', { count: items.length })}</p>}
      <DataGrid
        label={t(`tasks.${list}` as Key)}
        columns={columns}
        rows={lines}
        keyOf={(line) => ('task' in line ? line.task.id : `flow ${line.head}`)}
        nameOf={(line) => ('task' in line ? line.task.document.key : line.head)}
        onOpen={open}
        onChoose={open}
        rowHeight={ROW_HEIGHT}
        more={moreOf(tasks)}
        empty={<Empty title={t(`tasks.none.${list}` as Key)} why={t(`tasks.none_why.${list}` as Key)} />}
      />
    </div>
  );
}

/** Flows that tasks were seen of on this page, with their titles: choosing one does not take the others from the choice. */
function useFlows(items: readonly Item[]): Map<string, Item['flow_title']> {
  const seen = useRef(new Map<string, Item['flow_title']>());
  for (const item of items) seen.current.set(item.flow, item.flow_title);
  return seen.current;
}

function Row({ row, chosen }: { row: Item; chosen: boolean }) {
  const t = useT();
  const word = useWord();
  const step = useStepName();
  const flow = step(row.flow, row.flow_title);
  const party = partyOf(row.document.display);
  return (
    <div className={`task-row${chosen ? ' chosen' : ''}`}>
      <div className="row between">
        <span className="ellipsis">
          <strong>{word('type', row.document.kind)}</strong> <span className="mono">{row.document.key}</span>
          {party && <span className="dim"> · {party}</span>}
        </span>
        <strong>{amountOf(row.document.display)}</strong>
      </div>
      <div className="row between small">
        <span className="row tight">
          {row.ended ? (
            <StatusChip room="task" state={row.state} />
          ) : (
            <Chip icon="person">{row.step ? step(row.step, row.step_title) : flow}</Chip>
          )}
          {row.outside && (
            <Chip tone="info" icon="link">
              {t('tasks.outside', { system: step(row.outside.connection, row.outside.system) })}
            </Chip>
          )}
          <span className="dim ellipsis" title={flow}>
            {row.person_name}
            {row.step && ` · ${flow}`}
          </span>
        </span>
        {row.ended ? (
          <Time at={row.ended} />
        ) : row.due ? (
          <Chip tone={row.overdue ? 'warn' : 'plain'} icon="clock">
            {row.overdue ? t('task.overdue') : t('tasks.due')} <Time at={row.due} />
          </Chip>
        ) : (
          <Age since={row.since} />
        )}
      </div>
    </div>
  );
}
