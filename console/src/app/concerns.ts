/** Which answers hang on what the stream says has changed. */
import type { Changes, Topic } from '../api/changes';

/**
 * The first word of a query's key says what it is about. A document's page hangs on its instances and exceptions too, and so does
 * what a list says each document waits for. Connections, streams and differences have no topic: their pages look by themselves.
 */
const ABOUT: Record<Topic, string[]> = {
  documents: ['document', 'found', 'counts', 'peek', 'ops'],
  effects: ['document', 'instance', 'ops'],
  instances: ['document', 'found', 'instance', 'counts', 'peek', 'tasks', 'task', 'ops'],
  exceptions: ['document', 'found', 'exceptions', 'exception', 'counts', 'peek', 'ops'],
  batches: ['batches', 'batch'],
  tasks: ['tasks', 'task'],
};

/** What of an instance hangs on its calls: where it stands does not change while one is tried again. */
const CALLS = ['effects', 'attempts'];

/** Whether an answer hangs on what changed. */
export function concerns([name, id, part]: readonly unknown[], changes: Changes): boolean {
  if (typeof name !== 'string') return false;
  return (Object.entries(changes) as [Topic, string[] | 'all'][]).some(([topic, ids]) => {
    if (!(ABOUT[topic] ?? []).includes(name)) return false;
    if (topic === 'effects' && name === 'instance') return CALLS.includes(String(part));
    // A document's queries name it; those of instances and exceptions are told by ids the page does not know.
    return !(topic === 'documents' && name === 'document' && ids !== 'all' && typeof id === 'string' && !ids.includes(id));
  });
}
