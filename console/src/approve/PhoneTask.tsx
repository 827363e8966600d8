import { useState } from 'react';
import type { Order } from '../features/tasks/act';
import { useStepName } from '../features/tasks/names';
import { amountOf, DocumentCard, PathCard, type Task } from '../features/tasks/TaskBody';
import { shownOf, sorted } from '../features/tasks/verbs';
import { fullTime } from '../format/time';
import { useLanguage, useT, useWord } from '../i18n';
import { Banner, StatusChip, Time } from '../ui/parts';
import { VerbDialog } from './VerbDialog';

type Verb = Task['verbs'][number];

/** One task in one column, with what may be done in a bar that stays at the bottom. */
export function PhoneTask({ task, busy, onAct }: { task: Task; busy: boolean; onAct: (order: Omit<Order, 'key'>) => void }) {
  const t = useT();
  const [doing, setDoing] = useState<Verb | null>(null);
  const item = task.task;
  return (
    <>
      <Head task={task} />
      {item.ended && <Ended task={task} at={item.ended} />}
      <DocumentCard task={task} />
      <PathCard task={task} />
      <p>
        <a href={`/tasks?task=${item.id}`}>{t('phone.full')}</a>
      </p>
      <Bar verbs={task.verbs} busy={busy} onChoose={setDoing} />
      {doing && (
        <VerbDialog
          task={task}
          verb={doing}
          onClose={() => setDoing(null)}
          onSend={(body) => {
            setDoing(null);
            onAct({ task: item.id, instance: item.instance, verb: doing.verb, on: doing.on, body });
          }}
        />
      )}
    </>
  );
}

function Head({ task }: { task: Task }) {
  const t = useT();
  const word = useWord();
  const step = useStepName();
  const item = task.task;
  const amount = amountOf(item.document.display);
  return (
    <header className="stack tight">
      <h1 className="mono">{item.document.key}</h1>
      <span className="row">
        <span className="dim">
          {word('type', item.document.kind)}
          {item.step && ` · ${step(item.step, item.step_title)}`}
        </span>
        <StatusChip room="task" state={item.state} />
      </span>
      {amount && <strong className="phone-amount">{amount}</strong>}
      {item.due && (
        <span className={item.overdue ? 'bad-text' : 'dim'}>
          {t('tasks.due')} <Time at={item.due} exact />
        </span>
      )}
    </header>
  );
}

/** Who was faster, and when. */
function Ended({ task, at }: { task: Task; at: string }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const who = task.task.actor ?? task.task.person;
  const name = task.people.names[who] ?? who;
  return (
    <Banner tone="info" live>
      <span>{t('phone.decided', { name, state: word('task_state', task.task.state), at: fullTime(at, language) })}</span>
    </Banner>
  );
}

function Bar({ verbs, busy, onChoose }: { verbs: Verb[]; busy: boolean; onChoose: (verb: Verb) => void }) {
  const t = useT();
  const word = useWord();
  const [more, setMore] = useState(false);
  const { first } = sorted(verbs);
  const yes = first.find((verb) => shownOf(verb.verb).tone === 'primary');
  const no = first.find((verb) => verb.verb === 'reject');
  const others = verbs.filter((verb) => verb !== yes && verb !== no);
  const choose = (verb: Verb) => {
    setMore(false);
    onChoose(verb);
  };
  const button = (verb: Verb, tone: string) => (
    <button key={`${verb.on}-${verb.verb}`} type="button" className={`button ${tone}`} disabled={busy} onClick={() => choose(verb)}>
      {word('verb', verb.verb)}
    </button>
  );
  return (
    <>
      {more && <div className="phone-more">{others.map((verb) => button(verb, ''))}</div>}
      <nav className="phone-bar" aria-label={t('phone.title')}>
        {no && button(no, 'danger')}
        {others.length > 0 && (
          <button type="button" className="button" aria-expanded={more} disabled={busy} onClick={() => setMore(!more)}>
            {t('task.more')}
          </button>
        )}
        {yes && button(yes, 'primary')}
        {!yes && !no && others.length === 0 && <span className="dim">{t('phone.not_open')}</span>}
      </nav>
    </>
  );
}
