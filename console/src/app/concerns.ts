/** Which answers hang on what the stream says has changed. */
import type { Changes, Topic } from '../api/changes';

/** The first word of a query's key says what it is about. A document's page hangs on its instances, exceptions and drift too. */
const ABOUT: Record<Topic, string[]> = {
  documents: ['document', 'counts', 'peek', 'ops'],
  drift: ['document', 'drift'],
  effects: ['document'],
  instances: ['document', 'instance', 'counts', 'tasks', 'task'],
  exceptions: ['document', 'exceptions', 'exception', 'counts', 'ops'],
  batches: ['batches', 'batch'],
  // Whatever is read from the definitions in force.
  releases: ['releases', 'definitions', 'definition', 'drafts', 'connections', 'forms', 'form', 'unmapped'],
  tasks: ['tasks', 'task'],
};

/** Whether an answer hangs on what changed. */
export function concerns([name, id]: readonly unknown[], changes: Changes): boolean {
  if (typeof name !== 'string') return false;
  return (Object.entries(changes) as [Topic, string[] | 'all'][]).some(([topic, ids]) => {
    if (!(ABOUT[topic] ?? []).includes(name)) return false;
    // A document's queries name it; those of instances and exceptions are told by ids the page does not know.
    return !(topic === 'documents' && name === 'document' && ids !== 'all' && typeof id === 'string' && !ids.includes(id));
  });
}
