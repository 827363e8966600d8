import { type KeyboardEvent, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Chip, Json, TextArea, Time } from '../../ui';
import { type Given, startOf, type Wait } from './stepping';

/** What it asks for that has no answer yet: each is answered, and the play goes on from there. */
export function Waits({ waits, onTake, onGive }: { waits: Wait[]; onTake: (wait: Wait) => void; onGive: (given: Given) => void }) {
  const t = useT();
  return (
    <Banner tone="info">
      <strong>{t('simulate.waits')}</strong>
      {waits.map((wait) => (
        <OneWait key={JSON.stringify(wait)} wait={wait} onTake={() => onTake(wait)} onGive={onGive} />
      ))}
    </Banner>
  );
}

function OneWait({ wait, onTake, onGive }: { wait: Wait; onTake: () => void; onGive: (given: Given) => void }) {
  const t = useT();
  const start = startOf(wait);
  const [text, setText] = useState(() => JSON.stringify(start, null, 2));
  const [fault, setFault] = useState<string | null>(null);
  const give = () => {
    try {
      const answer: unknown = JSON.parse(text);
      setFault(null);
      onGive({ wait, answer });
    } catch {
      setFault(t('act.not_json'));
    }
  };
  return (
    <span className="stack tight">
      <Json value={wait} label={t('simulate.waits')} />
      {start !== undefined && (
        <>
          <TextArea label={t('simulate.answer_of', { step: wait.step })} value={text} onChange={setText} fault={fault} rows={4} />
          <span className="row">
            <Button size="small" kind="primary" onPress={give}>
              {t('simulate.give')}
            </Button>
            {(wait.kind === 'call' || wait.kind === 'event') && (
              <Button size="small" onPress={onTake}>
                {t('simulate.take')}
              </Button>
            )}
          </span>
        </>
      )}
    </span>
  );
}

/** The answers so far, each a way back to before it. */
export function Answered({ given, onBack }: { given: readonly Given[]; onBack: (count: number) => void }) {
  const t = useT();
  const word = useWord();
  if (given.length === 0) return null;
  return (
    <Card title={t('simulate.answered')} level={3}>
      <ol className="stack tight">
        {given.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: answers have no other name than their place
          <li key={index} className="row">
            <Chip>{index + 1}</Chip>
            <span>
              {word('waited', one.wait.kind)} <code>{one.wait.call ?? one.wait.event ?? one.wait.step}</code>
            </span>
            <code className="small ellipsis">{JSON.stringify(one.answer)}</code>
            <Button size="small" kind="quiet" onPress={() => onBack(index)}>
              {t('simulate.back')}
            </Button>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What happened, a line at a time where somebody wants to follow it: the arrows go on and back. */
export function Trace({ lines }: { lines: Schemas['SimulationLine'][] }) {
  const t = useT();
  const [at, setAt] = useState<number | null>(null);
  const end = lines.length;
  const go = (to: number) => setAt(Math.max(1, Math.min(end, to)));
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    go((at ?? (event.key === 'ArrowRight' ? 0 : end)) + (event.key === 'ArrowRight' ? 1 : -1));
  };
  if (end === 0) return null;
  return (
    <>
      <div className="row" role="group" aria-label={t('simulate.follow')}>
        <Button size="small" disabled={at === 1} onPress={() => go((at ?? end + 1) - 1)}>
          ← {t('simulate.before')}
        </Button>
        <Button size="small" disabled={at === end} onPress={() => go((at ?? 0) + 1)}>
          {t('simulate.next')} →
        </Button>
        {at !== null && (
          <>
            <span className="dim small" role="status">
              {t('simulate.line', { at, end })}
            </span>
            <Button size="small" kind="quiet" onPress={() => setAt(null)}>
              {t('simulate.all')}
            </Button>
          </>
        )}
      </div>
      <ol className="timeline" tabIndex={0} aria-label={t('simulate.result')} onKeyDown={onKey}>
        {lines.slice(0, at ?? end).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one play, in their order
          <li key={index} aria-current={index + 1 === at ? 'step' : undefined}>
            <span className={`grow${index + 1 === at ? ' strong' : ''}`}>{line.words}</span>
            <span className="dim small">
              <Time at={line.at} exact seconds />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
