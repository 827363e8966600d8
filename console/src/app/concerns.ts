/** Which answers hang on what the stream says has changed. */
import type { Changes, Topic } from '../api/changes';

/**
 * The first word of a query's key says what it is about. A document's page hangs on its instances, exceptions and drift too, and so
 * does what a list says each document waits for. Connections and streams have no topic: their pages look by themselves.
 */
const ABOUT: Record<Topic, string[]> = {
  documents: ['document', 'found', 'counts', 'peek', 'ops'],
  drift: ['document', 'drift'],
  effects: ['document', 'instance', 'ops'],
  instances: ['document', 'found', 'instance', 'counts', 'peek', 'tasks', 'task', 'ops'],
  exceptions: ['document', 'found', 'exceptions', 'exception', 'counts', 'peek', 'ops'],
  batches: ['batches', 'batch'],
  // Whatever is read from the definitions in force.
  releases: ['releases', 'definitions', 'definition', 'drafts', 'connections', 'forms', 'form', 'unmapped'],
  tasks: ['tasks', 'task'],
};

/** What of an instance hangs on its calls: where it stands does not change while one is tried again. */
const CALLS = ['effects', 'attempts'];
/** What a revision holds is the same for ever, and each look at it is a line of the audit. */
const FIXED = ['revision', 'diff', 'fields'];

/** The calls that a page shows of an instance; null while it does not know them. */
export type CallsOf = (instance: string) => ReadonlySet<string> | null;

/** Whether an answer hangs on what changed. */
export function concerns(key: readonly unknown[], changes: Changes, callsOf: CallsOf = () => null): boolean {
  const [name, id, part] = key;
  if (typeof name !== 'string' || (name === 'document' && FIXED.includes(String(part)))) return false;
  return (Object.entries(changes) as [Topic, string[] | 'all'][]).some(([topic, ids]) => {
    if (!(ABOUT[topic] ?? []).includes(name)) return false;
    const named = (known: unknown) => ids === 'all' || typeof known !== 'string' || ids.includes(known);
    // A call that is tried again changes when its document goes on and what is told of it, not what it holds.
    if (topic === 'effects' && name === 'document') return part === 'diagnosis' || part === 'story';
    if (topic === 'effects' && name === 'instance') {
      const calls = CALLS.includes(String(part)) ? callsOf(String(id)) : new Set<string>();
      return calls === null || (ids === 'all' ? calls.size > 0 : ids.some((call) => calls.has(call)));
    }
    // Lists of instances hang on all of them, what is of one on this one.
    if (topic === 'instances' && name === 'instance') return id === 'list' || id === 'of' || named(id);
    // A document's queries name it; those of instances and exceptions are told by ids the page does not know.
    return topic === 'documents' && name === 'document' ? named(id) : true;
  });
}
