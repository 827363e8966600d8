/** What can be done about a document: about each thing that is stopped, and about the run where nothing needs to be. */
import type { Schemas } from '../../api/client';
import { ACTIONS, type Action, isAction } from '../acting/actions';

export interface Stopped {
  exception: string;
  code?: string;
  step?: string | null;
  message?: string;
  actions: Action[];
}

type Diagnosed = Pick<Schemas['Diagnosis'], 'actions'>;
type Open = Pick<Schemas['ExceptionItem'], 'id' | 'code' | 'step' | 'message' | 'actions'>;

/** Every open exception with its actions: those that the diagnosis names first, and with what the exceptions themselves say. */
export function stoppedOf(diagnosis: Diagnosed, open: readonly Open[] | undefined): Stopped[] {
  const known = [...new Set([...diagnosis.actions.map((entry) => entry.exception), ...(open ?? []).map((item) => item.id)])];
  return known
    .map((exception) => {
      const item = open?.find((each) => each.id === exception);
      const said = diagnosis.actions.filter((entry) => entry.exception === exception).map((entry) => entry.action);
      const actions = [...new Set([...said, ...(item?.actions ?? [])])].filter(isAction);
      return { exception, code: item?.code, step: item?.step, message: item?.message, actions: inOrder(actions) };
    })
    .filter((stopped) => stopped.actions.length > 0);
}

/** As the actions are told of: the harmless first. */
function inOrder(actions: Action[]): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => actions.includes(action));
}

/** `transfer` is about one task of the run, the others about the run itself. */
export type RunVerb = 'urge' | 'transfer' | 'suspend' | 'resume' | 'terminate';

/** Those that say why. */
export const NEEDS_COMMENT: RunVerb[] = ['suspend', 'terminate'];

type People = Pick<Schemas['InstancePeople'], 'suspended_since' | 'tasks'>;

/** What may be done about a run as it stands; whoever may is for the hub to say. */
export function runVerbs(status: string, people: People | undefined): RunVerb[] {
  if (status !== 'running' && status !== 'exception') return [];
  if (people?.suspended_since) return ['resume', 'terminate'];
  const waited = people ? waitedFor(people) : [];
  return [
    ...(waited.length > 0 ? (['urge'] as const) : []),
    ...(handable(waited) ? (['transfer'] as const) : []),
    'suspend',
    'terminate',
  ];
}

function handable(tasks: Schemas['TaskItem'][]): boolean {
  return tasks.some(canBeHanded);
}

/** Tasks of ours that somebody's answer is waited for with. */
export function waitedFor(people: Pick<People, 'tasks'>): Schemas['TaskItem'][] {
  return people.tasks.filter((task) => task.state === 'pending' && task.kind !== 'copy' && !task.outside);
}

/** What was returned to whoever began it is nobody else's. */
export function canBeHanded(task: Pick<Schemas['TaskItem'], 'kind'>): boolean {
  return ['approve', 'handle', 'assist', 'consult'].includes(task.kind);
}

/** Where a system shows the object, as far as it has said so. */
export function addressOf(
  people: Pick<People, 'tasks'> | undefined,
  link: { connection: string; external_id: string },
): string | null {
  const outside = people?.tasks
    .map((task) => task.outside)
    .find((item) => item?.connection === link.connection && item.external_id === link.external_id);
  const url = outside?.url ?? '';
  return /^https?:\/\//i.test(url) ? url : null;
}
