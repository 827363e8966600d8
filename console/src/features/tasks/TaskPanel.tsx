import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { commandKey, type Schemas } from '../../api/client';
import { ApiError } from '../../api/problem';
import { Loaded, ProblemView } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Banner, Button, Chip, MenuButton, Sheet, StatusChip, Time, toast } from '../../ui';
import { perform, readTask, see } from './act';
import { useStepName } from './names';
import { amountOf, DocumentCard, PathCard, type Task } from './TaskBody';
import { VerbFields } from './VerbFields';
import { blank, bodyOf, missing, shownOf, sorted } from './verbs';

type Verb = Schemas['VerbItem'];

/** One task with everything that is needed to decide it, and what may be done. */
export function TaskPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const query = useQuery({ queryKey: ['task', id], queryFn: () => readTask(id) });
  const seen = useRef(false);
  useEffect(() => {
    if (!query.data || seen.current) return;
    seen.current = true;
    void see(id);
  }, [query.data, id]);
  return (
    <section className="task-panel" aria-label={t('task.title')}>
      <Loaded query={query} lines={10}>
        {(task) => <Shown task={task} onClose={onClose} />}
      </Loaded>
    </section>
  );
}

function Shown({ task, onClose }: { task: Task; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const step = useStepName();
  const [doing, setDoing] = useState<Verb | null>(null);
  const item = task.task;
  const { first, more } = sorted(task.verbs);
  return (
    <>
      <div className="row between">
        <h2 className="row">
          <Link to="/docs/$doc" params={{ doc: item.document.id }} className="mono">
            {item.document.key}
          </Link>
          <span className="dim small">{word('type', item.document.kind)}</span>
          <span>{amountOf(item.document.display)}</span>
        </h2>
        <Button kind="quiet" icon="cross" label={t('close')} onPress={onClose} />
      </div>
      <div className="row">
        <StatusChip room="task" state={item.state} />
        <span className="dim">
          {item.step && `${step(item.step, item.step_title)} · `}
          {item.person_name}
        </span>
        {item.due && (
          <Chip tone={item.overdue ? 'warn' : 'plain'} icon="clock">
            {t('tasks.due')} <Time at={item.due} exact />
          </Chip>
        )}
        {task.people.suspended_since && <Chip tone="warn">{t('task.suspended')}</Chip>}
        {task.people.round > 1 && <Chip>{t('task.round', { number: task.people.round })}</Chip>}
      </div>
      {item.outside && (
        <Banner
          action={
            item.outside.url && (
              <a href={item.outside.url} target="_blank" rel="noreferrer">
                {t('task.outside_open')}
              </a>
            )
          }
        >
          {t('task.outside', {
            system: step(item.outside.connection, item.outside.system),
            id: item.outside.external_id,
          })}
        </Banner>
      )}
      <div className="row verbs">
        {first.map((verb) => (
          <Button key={`${verb.on}-${verb.verb}`} kind={shownOf(verb.verb).tone ?? 'plain'} onPress={() => setDoing(verb)}>
            {word('verb', verb.verb)}
          </Button>
        ))}
        {more.length > 0 && (
          <MenuButton
            entries={more.map((verb) => ({
              id: `${verb.on}-${verb.verb}`,
              name: word('verb', verb.verb),
              onAction: () => setDoing(verb),
            }))}
          >
            {t('task.more')}
          </MenuButton>
        )}
        {task.verbs.length === 0 && !item.outside && <span className="dim">{t('task.nothing_to_do')}</span>}
      </div>
      <DocumentCard task={task} />
      <PathCard task={task} />
      {doing && <VerbSheet task={task} verb={doing} onClose={() => setDoing(null)} />}
    </>
  );
}

function VerbSheet({ task, verb, onClose }: { task: Task; verb: Verb; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const client = useQueryClient();
  const [filled, setFilled] = useState(blank);
  // What stands behind the sheet is read anew while it is open; what is decided on is what was there when it was opened.
  const [seen, setSeen] = useState(task.version);
  // The same key until it is taken: pressing again after a lost answer decides nothing twice.
  const [key, setKey] = useState(commandKey);
  const again = () =>
    client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'task' || name === 'tasks' || name === 'document' });
  const act = useMutation({
    mutationFn: () =>
      perform({
        task: task.task.id,
        instance: task.task.instance,
        verb: verb.verb,
        on: verb.on,
        body: bodyOf(verb.verb, filled, seen),
        key,
      }),
    onSuccess: async () => {
      toast({ tone: 'ok', text: t('task.done', { verb: word('verb', verb.verb) }) });
      onClose();
      await again();
    },
    onError: async (error) => {
      // What was refused is another act once it is mended; of an answer that did not come nothing is known.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) setKey(commandKey());
      await again();
      // Who was told what has changed decides on it as it is shown now.
      const now = client.getQueryData<Task>(['task', task.task.id]);
      if (error instanceof ApiError && error.status === 412 && now) setSeen(now.version);
    },
  });
  const lacks = missing(verb, filled);
  const name = word('verb', verb.verb);
  return (
    <Sheet
      middle
      onClose={onClose}
      title={`${name} · ${task.task.document.key}`}
      footer={
        <Button
          kind={shownOf(verb.verb).tone ?? 'primary'}
          refused={lacks ? t(lacks) : null}
          disabled={act.isPending}
          onPress={() => act.mutate()}
        >
          {act.isPending ? t('act.sending') : name}
        </Button>
      }
    >
      <p className="dim">{t(`verb_what.${verb.verb}` as Key)}</p>
      <VerbFields task={task} verb={verb} filled={filled} onFill={setFilled} />
      {act.isError && (
        <>
          <ProblemView error={act.error} compact />
          {act.error instanceof ApiError && act.error.status === 0 && <Banner tone="warn">{t('task.unknown')}</Banner>}
        </>
      )}
    </Sheet>
  );
}
