import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { Page } from '../../app/Page';
import { tasksRoute } from '../../app/router';
import { moreOf, ProblemView } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Age, Chip, type Column, DataGrid, Empty, Skeleton, StatusChip, Tabs, Time } from '../../ui';
import { useStepName } from './names';
import { amountOf, partyOf } from './TaskBody';
import { TaskPanel } from './TaskPanel';

type Item = Schemas['TaskItem'];
const LISTS = ['mine', 'done', 'started', 'copies'] as const;
type List = (typeof LISTS)[number];
const ROW_HEIGHT = 68;

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
        onChoose={(list) => go({ list: list === 'mine' ? undefined : list })}
        entries={LISTS.map((list) => ({
          id: list,
          name: `${t(`tasks.${list}` as Key)}${number(list) ? ` (${number(list)})` : ''}`,
          content: (
            <div className={`tasks${search.task ? ' with' : ''}`}>
              <TaskList list={list} flow={search.flow} chosen={search.task} onOpen={(task) => go({ ...search, task })} />
              {search.task && <TaskPanel key={search.task} id={search.task} onClose={() => go({ ...search, task: undefined })} />}
            </div>
          ),
        }))}
      />
    </Page>
  );
}

function TaskList({ list, flow, chosen, onOpen }: { list: List; flow?: string; chosen?: string; onOpen: (id: string) => void }) {
  const t = useT();
  const tasks = useInfiniteQuery({
    queryKey: ['tasks', 'list', list, flow],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/tasks', { params: { query: { list, flow, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const columns: Column<Item>[] = [
    {
      id: 'task',
      title: t(`tasks.${list}` as Key),
      width: 'minmax(240px, 1fr)',
      render: (row) => <Row row={row} chosen={row.id === chosen} />,
    },
  ];
  if (tasks.isPending) return <Skeleton lines={8} />;
  if (tasks.isError && !tasks.data) {
    return (
      <div>
        <ProblemView error={tasks.error} onAgain={() => void tasks.refetch()} />
      </div>
    );
  }
  return (
    <DataGrid
      label={t(`tasks.${list}` as Key)}
      columns={columns}
      rows={tasks.data.pages.flatMap((page) => page.items)}
      keyOf={(row) => row.id}
      nameOf={(row) => row.document.key}
      onOpen={(row) => onOpen(row.id)}
      onChoose={(row) => onOpen(row.id)}
      rowHeight={ROW_HEIGHT}
      more={moreOf(tasks)}
      empty={<Empty title={t(`tasks.none.${list}` as Key)} why={t(`tasks.none_why.${list}` as Key)} />}
    />
  );
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
