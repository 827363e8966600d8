/** What pages are made of besides controls: chips, banners, states, facts. Without the component library: the phone has them too. */
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { between, fullTime, relative, shortTime } from '../format/time';
import { useLanguage, useT, useWord } from '../i18n';
import { Icon, type IconName } from './icons';
import { lookOf, type Tone } from './status';

/** Rooms whose words stand under another name, because other texts have theirs. */
const WORDS: Record<string, string> = { document: 'status', breaker: 'breaker_state', drift: 'drift_state', task: 'task_state' };

/** A state as icon, word and colour. */
export function StatusChip({ room, state, words }: { room: string; state: string; words?: string }) {
  const word = useWord();
  const { tone, icon } = lookOf(room, state);
  return (
    <Chip tone={tone} icon={icon}>
      {words ?? word(WORDS[room] ?? room, state)}
    </Chip>
  );
}

export function Chip({ tone = 'plain', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`chip ${tone}`}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

export function Banner({
  tone = 'info',
  children,
  action,
  live,
}: {
  tone?: 'info' | 'ok' | 'warn' | 'bad';
  children: ReactNode;
  action?: ReactNode;
  live?: boolean;
}) {
  const icons = { info: 'question', ok: 'check', warn: 'alert', bad: 'alert' } as const;
  return (
    <div className={`banner ${tone}`} role={live ? 'status' : undefined}>
      <Icon name={icons[tone]} />
      <div className="grow stack tight">{children}</div>
      {action}
    </div>
  );
}

/** The place of what is not there yet; shown only when it takes a while. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const t = useT();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return <div aria-busy="true" />;
  return (
    <div className="skeleton" aria-busy="true">
      <span className="hidden-text">{t('state.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={`line-${line.toString()}`} />
      ))}
    </div>
  );
}

/** Nothing to show: what would be here, why there is none, and one thing to do. */
export function Empty({ title, why, children }: { title: string; why?: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {why && <p>{why}</p>}
      {children}
    </div>
  );
}

export function Card({
  title,
  children,
  action,
  level = 2,
}: {
  title?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
  level?: 2 | 3;
}) {
  const Title = level === 2 ? 'h2' : 'h3';
  return (
    <section className="card">
      {(title || action) && (
        <div className="row between">
          {title && <Title>{title}</Title>}
          {action}
        </div>
      )}
      {children}
    </section>
  );
}

export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A sentence of the hub, in which names stand in backticks. */
export function Sentence({ text }: { text: string }) {
  const parts = text.split('`');
  // A backtick without its partner is a backtick.
  if (parts.length % 2 === 0) return <>{text}</>;
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, which have no other name
        <Fragment key={index}>{index % 2 === 1 ? <code>{part}</code> : part}</Fragment>
      ))}
    </>
  );
}

/** The time now, once a second or slower, for what counts. */
export function useNow(everyMillis = 10_000): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMillis);
    return () => clearInterval(timer);
  }, [everyMillis]);
  return now;
}

/** A time: relative under a day, the whole of it in the title. */
export function Time({ at, exact, seconds }: { at: string; exact?: boolean; seconds?: boolean }) {
  const { language } = useLanguage();
  const now = useNow();
  const near = exact ? null : relative(at, now, language);
  return (
    <time dateTime={at} title={fullTime(at, language)}>
      {near ?? shortTime(at, now, { seconds })}
    </time>
  );
}

/** How long ago, or how long it has been. */
export function Age({ since }: { since: string }) {
  const { language } = useLanguage();
  const now = useNow();
  return <span title={fullTime(since, language)}>{between(since, now, language)}</span>;
}

/** Any JSON as text; never as markup. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <pre className="json" role="group" tabIndex={0} aria-label={label}>
      {text}
    </pre>
  );
}

/** Values over time as a line; the numbers stand in its description. */
export function Sparkline({
  values,
  label,
  width = 120,
  height = 24,
}: {
  values: number[];
  label: string;
  width?: number;
  height?: number;
}) {
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(height - 1 - (value / top) * (height - 2)).toFixed(1)}`,
  );
  return (
    <svg className="spark" width={width} height={height} role="img" aria-label={label}>
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
