/** Short words about what just happened; said politely to screen readers too. */
import { useSyncExternalStore } from 'react';
import { useT } from '../i18n';
import { Button } from './controls';

export interface Toast {
  tone: 'info' | 'ok' | 'warn' | 'bad';
  text: string;
}

const SHOWN_MAX = 3;
const SHOWN_MS = 6_000;
let shown: { id: number; toast: Toast }[] = [];
let next = 0;
const watchers = new Set<() => void>();

function change(to: typeof shown) {
  shown = to;
  for (const watcher of watchers) watcher();
}

export function toast(toast: Toast) {
  next += 1;
  const id = next;
  change([...shown, { id, toast }].slice(-SHOWN_MAX));
  // What went wrong stays until it is closed.
  if (toast.tone !== 'bad') setTimeout(() => close(id), SHOWN_MS);
}

function close(id: number) {
  change(shown.filter((entry) => entry.id !== id));
}

function watch(watcher: () => void) {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function Toasts() {
  const t = useT();
  const entries = useSyncExternalStore(watch, () => shown);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {entries.map(({ id, toast }) => (
        <div key={id} className={`banner toast ${toast.tone}`}>
          <span className="grow">{toast.text}</span>
          <Button kind="quiet" size="small" icon="cross" label={t('close')} onPress={() => close(id)} />
        </div>
      ))}
    </div>
  );
}
