import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { commandKey } from '../api/client';
import { type Problem, problemOf } from '../api/problem';
import type { Who } from '../app/identity';
import { useSentence } from '../app/sentence';
import { session } from '../app/session';
import { type Order, readTask, see } from '../features/tasks/act';
import type { Task } from '../features/tasks/TaskBody';
import { useT, useWord } from '../i18n';
import { Banner, Skeleton } from '../ui/parts';
import { add, drop, flush, isLoose, pending, type Waiting, whoIsIn } from './outbox';
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
  const [waiting, setWaiting] = useState<Waiting[]>(pending);
  const [me, setMe] = useState<Who | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const look = useCallback(async () => {
    try {
      const [who, found] = await Promise.all([whoIsIn(), readTask(id)]);
      setMe((before) => (before?.id === who.id ? before : who));
      setTask(found);
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  }, [id]);
  const send = useCallback(async () => {
    if (pending().length === 0) return;
    const { taken, refused, who } = await flush();
    const mine = (order: Order) => order.task === id;
    if (who) setMe((before) => (before?.id === who.id ? before : who));
    const no = refused.find(({ order }) => mine(order));
    if (taken.some(mine)) setSaid({ tone: 'ok', text: t('phone.sent') });
    if (no) setSaid({ tone: 'bad', text: `${t('phone.refused')} ${sentence(no.problem)}`, detail: no.problem.detail });
    setWaiting(pending());
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
  const lost = waiting.some((order) => isLoose(order.key));
  useEffect(() => {
    if (!lost) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [lost]);
  const act = (who: Who) => (order: Omit<Order, 'key'>) => {
    const added = add({ ...order, key: commandKey(), who });
    setSaid(added === 'full' ? { tone: 'bad', text: t('phone.too_many') } : null);
    setWaiting(pending());
    void send();
  };
  const dropOne = (key: string) => {
    drop(key);
    setWaiting(pending());
  };
  // Without an answer yet about who it is, what waits is shown as waiting.
  const own = waiting.filter((order) => order.task === id && (me === null || order.who?.id === me.id));
  const others = waiting.filter((order) => me !== null && order.who?.id !== me.id);
  if (problem?.status === 401)
    return (
      <SignIn
        onDone={() => {
          void look();
          void send();
        }}
      >
        {waiting.length > 0 && <Held orders={waiting} onDrop={dropOne} />}
      </SignIn>
    );
  return (
    <main className="phone">
      {said && (
        <Banner tone={said.tone} live>
          <strong>{said.text}</strong>
          {said.detail && <span lang="en">{said.detail}</span>}
        </Banner>
      )}
      {own.length > 0 && <Unsent orders={own} onDrop={dropOne} />}
      {others.length > 0 && <Held orders={others} onDrop={dropOne} />}
      {problem && (
        <Banner tone={task ? 'warn' : 'bad'} live>
          <strong>{sentence(problem)}</strong>
        </Banner>
      )}
      {/* Another person begins anew: what was being filled in was not theirs. */}
      {task && me ? (
        <PhoneTask key={me.id} task={task} busy={own.length > 0} onAct={act(me)} />
      ) : (
        !problem && <Skeleton lines={10} />
      )}
    </main>
  );
}

interface Listed {
  orders: Waiting[];
  onDrop: (key: string) => void;
}

/** What is not sent yet is said, and can be thought better of until it is. */
function Unsent({ orders, onDrop }: Listed) {
  const t = useT();
  const word = useWord();
  return (
    <Banner tone="warn" live>
      {orders.map((order) => (
        <Droppable key={order.key} name={word('verb', order.verb)} onDrop={() => onDrop(order.key)} />
      ))}
      <span>{t('phone.waiting')}</span>
      {orders.some((order) => isLoose(order.key)) && <strong>{t('phone.loose')}</strong>}
    </Banner>
  );
}

/** What somebody else decided in this browser waits for them, and is sent for nobody else. */
function Held({ orders, onDrop }: Listed) {
  const t = useT();
  const word = useWord();
  return (
    <Banner tone="warn" live>
      {orders.map((order) => (
        <Droppable
          key={order.key}
          name={t('phone.of', { verb: word('verb', order.verb), name: order.who?.title ?? '?' })}
          onDrop={() => onDrop(order.key)}
        />
      ))}
      <span>{t('phone.held')}</span>
      {orders.some((order) => isLoose(order.key)) && <strong>{t('phone.loose')}</strong>}
    </Banner>
  );
}

function Droppable({ name, onDrop }: { name: string; onDrop: () => void }) {
  const t = useT();
  return (
    <span className="row between">
      <strong>{name}</strong>
      <button type="button" className="button small" onClick={onDrop}>
        {t('phone.drop')}
      </button>
    </span>
  );
}
