import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { type Key, useT, useWord } from '../../i18n';
import { Banner, Button, Chip, MenuButton, Select, Sheet, TextArea, toast } from '../../ui';
import { useCommandKeys } from '../acting/command';
import { PersonField } from '../settings/PersonField';
import { perform } from '../tasks/act';
import { useStepName } from '../tasks/names';
import { canBeHanded, NEEDS_COMMENT, type RunVerb, runVerbs, waitedFor } from './acts';
import type { Detail } from './use';

/** Who was asked in a run, and who decided what. */
export function usePeople(instance: string | undefined) {
  return useQuery({
    queryKey: ['instance', instance, 'people'],
    queryFn: () => take(api.GET('/api/v1/instances/{id}/people', { params: { path: { id: instance ?? '' } } })),
    enabled: instance !== undefined,
  });
}

/** What can be done about a run that nothing has stopped: urging, handing on, suspending, ending. */
export function RunActions({ detail }: { detail: Detail }) {
  const t = useT();
  const word = useWord();
  const [doing, setDoing] = useState<RunVerb | null>(null);
  const run = detail.instances.find((item) => item.status === 'running' || item.status === 'exception');
  const people = usePeople(run?.id);
  if (!run) return null;
  const verbs = runVerbs(run.status, people.data);
  return (
    <>
      {people.data?.suspended_since && (
        <Chip tone="warn" icon="pause">
          {t('run.suspended')}
        </Chip>
      )}
      <MenuButton entries={verbs.map((verb) => ({ id: verb, name: word('verb', verb), onAction: () => setDoing(verb) }))}>
        {t('run.actions')}
      </MenuButton>
      {doing && <RunSheet key={doing} detail={detail} run={run} verb={doing} people={people.data} onClose={() => setDoing(null)} />}
    </>
  );
}

function RunSheet({
  detail,
  run,
  verb,
  people,
  onClose,
}: {
  detail: Detail;
  run: Schemas['InstanceItem'];
  verb: RunVerb;
  people: Schemas['InstancePeople'] | undefined;
  onClose: () => void;
}) {
  const t = useT();
  const word = useWord();
  const step = useStepName();
  const client = useQueryClient();
  const keyFor = useCommandKeys();
  const tasks = (people ? waitedFor(people) : []).filter(canBeHanded);
  const [comment, setComment] = useState('');
  const [task, setTask] = useState(tasks[0]?.id ?? '');
  const [to, setTo] = useState('');
  // Who began it may urge as well; whether somebody did is for the hub to say.
  const judge = useRefusal();
  const refused = verb === 'urge' ? judge('decide_tasks') : judge('settle_exceptions', { flow: run.flow });
  const act = useMutation({
    mutationFn: () => {
      const body = {
        ...(comment.trim() ? { comment: comment.trim() } : {}),
        ...(verb === 'transfer' ? { to: [to.trim()] } : {}),
      };
      const order = { task, instance: run.id, verb, on: verb === 'transfer' ? 'task' : 'instance', body };
      return perform({ ...order, key: keyFor(order) });
    },
    onSuccess: async () => {
      toast({ tone: 'ok', text: t('run.taken', { verb: word('verb', verb) }) });
      onClose();
    },
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [name] }) => ['document', 'instance', 'tasks', 'task', 'counts'].includes(String(name)),
      }),
  });
  const open = detail.links.filter((link) => !link.closed && link.instance === run.id);
  const lacks =
    verb === 'transfer' && (to.trim() === '' || task === '')
      ? t('task.needs_people')
      : NEEDS_COMMENT.includes(verb) && comment.trim() === ''
        ? t('task.needs_comment')
        : null;
  const name = word('verb', verb);
  return (
    <Sheet
      middle
      onClose={onClose}
      title={`${name} · ${detail.key}`}
      footer={
        <Button
          kind={verb === 'terminate' ? 'danger' : 'primary'}
          refused={refused ?? lacks}
          disabled={act.isPending}
          onPress={() => act.mutate()}
        >
          {act.isPending ? t('act.sending') : name}
        </Button>
      }
    >
      <p className="dim">{t(`verb_what.${verb}` as Key)}</p>
      {verb === 'terminate' && open.length > 0 && (
        <Banner tone="warn">
          <span>{t('run.open_there')}</span>
          <span className="row">
            {open.map((link) => (
              <Chip key={`${link.connection}-${link.external_id}`} tone="warn" icon="plug">
                {link.connection} · {link.external_id}
              </Chip>
            ))}
          </span>
        </Banner>
      )}
      {verb === 'urge' && people && (
        <p>
          {waitedFor(people)
            .map((each) => each.person_name)
            .join(', ')}
        </p>
      )}
      {verb === 'transfer' && (
        <>
          <Select
            label={t('run.task')}
            value={task}
            onChange={setTask}
            choices={tasks.map((each) => ({ id: each.id, name: `${each.person_name} · ${step(each.step, each.step_title)}` }))}
          />
          <PersonField label={`${t('task.people')} *`} value={to} onChange={setTo} />
        </>
      )}
      <TextArea
        label={`${t('task.comment')}${NEEDS_COMMENT.includes(verb) ? ' *' : ''}`}
        value={comment}
        onChange={setComment}
        rows={2}
      />
      {act.isError && <ProblemView error={act.error} compact />}
    </Sheet>
  );
}
