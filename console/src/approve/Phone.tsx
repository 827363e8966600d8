import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { commandKey } from '../api/client';
import { type Problem, problemOf } from '../api/problem';
import { useSentence } from '../app/sentence';
import { session } from '../app/session';
import { type Order, readTask, see } from '../features/tasks/act';
import type { Task } from '../features/tasks/TaskBody';
import { useT, useWord } from '../i18n';
import { Banner, Skeleton } from '../ui/parts';
import { add, drop, flush, pending } from './outbox';
import { PhoneTask } from './PhoneTask';
import { SignIn } from './SignIn';

/** How often it is looked whether somebody else was faster, and whether the network is back. */
const LOOK_MS = 10_000;

interface Said {
  tone: 'ok' | 'bad';
  text: string;
  detail?: string;
}

export function Phone({ task: id }: { task: string }) {
  const t = useT();
  const sentence = useSentence();
  const token = useSyncExternalStore(session.subscribe, session.token);
  const [task, setTask] = useState<Task | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [waiting, setWaiting] = useState<Order[]>(() => pending().filter((order) => order.task === id));
  const [said, setSaid] = useState<Said | null>(null);
  const look = useCallback(async () => {
    try {
      setTask(await readTask(id));
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }, [id]);
  const send = useCallback(async () => {
    if (pending().length === 0) return;
    const { taken, refused } = await flush();
    const mine = (order: Order) => order.task === id;
    const no = refused.find(({ order }) => mine(order));
    if (taken.some(mine)) setSaid({ tone: 'ok', text: t('phone.sent') });
    if (no) setSaid({ tone: 'bad', text: `${t('phone.refused')} ${sentence(no.problem)}`, detail: no.problem.detail });
    setWaiting(pending().filter(mine));
    if (taken.length + refused.length > 0) await look();
  }, [id, look, sentence, t]);
  useEffect(() => {
    document.title = `${t('phone.title')} · ${t('app.name')}`;
  }, [t]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun anew when another person signs in, not when a sentence is made anew
  useEffect(() => {
    void look().then(() => see(id));
    void send();
    const again = () => {
      if (document.hidden) return;
      void send();
      void look();
    };
    const timer = setInterval(again, LOOK_MS);
    addEventListener('online', again);
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      removeEventListener('online', again);
      document.removeEventListener('visibilitychange', again);
    };
  }, [id, token]);
  const act = (order: Omit<Order, 'key'>) => {
    const kept = add({ ...order, key: commandKey() });
    setSaid(kept ? null : { tone: 'bad', text: t('phone.too_many') });
    setWaiting(pending().filter((known) => known.task === id));
    void send();
  };
  const dropOne = (key: string) => {
    drop(key);
    setWaiting(pending().filter((known) => known.task === id));
  };
  if (problem?.status === 401) return <SignIn onDone={() => void look()} />;
  return (
    <main className="phone">
      {said && (
        <Banner tone={said.tone} live>
          <strong>{said.text}</strong>
          {said.detail && <span lang="en">{said.detail}</span>}
        </Banner>
      )}
      {waiting.length > 0 && <Waiting orders={waiting} onDrop={dropOne} />}
      {problem && (
        <Banner tone={task ? 'warn' : 'bad'} live>
          <strong>{sentence(problem)}</strong>
        </Banner>
      )}
      {task ? <PhoneTask task={task} busy={waiting.length > 0} onAct={act} /> : !problem && <Skeleton lines={10} />}
    </main>
  );
}

/** What is not sent yet is said, and can be thought better of until it is. */
function Waiting({ orders, onDrop }: { orders: Order[]; onDrop: (key: string) => void }) {
  const t = useT();
  const word = useWord();
  return (
    <Banner tone="warn" live>
      {orders.map((order) => (
        <span key={order.key} className="row between">
          <strong>{word('verb', order.verb)}</strong>
          <button type="button" className="button small" onClick={() => onDrop(order.key)}>
            {t('phone.drop')}
          </button>
        </span>
      ))}
      <span>{t('phone.waiting')}</span>
    </Banner>
  );
}
