/**
 * What changes while a page is open: one stream for all pages, which goes on where it broke off. While it is down, pages are
 * told to look again every 15 seconds, so nothing stays old unnoticed.
 */
import { session } from '../app/session';
import { type Changes, changesOf, type Topic } from './changes';
import { request } from './client';
import { EventReader } from './sse';

export type LiveState = 'connecting' | 'live' | 'down';

const ALL: Record<Topic, 'all'> = {
  batches: 'all',
  documents: 'all',
  drift: 'all',
  effects: 'all',
  exceptions: 'all',
  instances: 'all',
  releases: 'all',
  tasks: 'all',
};
/** The hub's comment comes every 15 s; twice missed and a bit means that the line is dead. */
const SILENT_MS = 35_000;
const POLL_MS = 15_000;
const AGAIN_MS = [500, 1_000, 2_000, 5_000, 10_000, 15_000];

export interface Live {
  state: LiveState;
  /** When it went down; null while it is up. */
  since: number | null;
}

class LiveStream {
  private listeners = new Set<(changes: Changes) => void>();
  private watchers = new Set<() => void>();
  private current: Live = { state: 'connecting', since: null };
  private last: string | null = null;
  private run: AbortController | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;

  /** Begins for whoever is signed in; a second call changes nothing. */
  start() {
    if (this.run) return;
    const run = new AbortController();
    this.run = run;
    document.addEventListener('visibilitychange', this.seen);
    void this.follow(run.signal);
  }

  stop() {
    this.run?.abort();
    this.run = null;
    this.last = null;
    document.removeEventListener('visibilitychange', this.seen);
    this.polling(false);
    this.become({ state: 'connecting', since: null });
  }

  state = () => this.current;

  watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  onChanges(listener: (changes: Changes) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async follow(signal: AbortSignal) {
    for (let failed = 0; !signal.aborted && session.isOn(); ) {
      const lasted = await this.once(signal).catch(() => false);
      if (signal.aborted) return;
      failed = lasted ? 0 : failed + 1;
      this.become({ state: 'down', since: this.current.since ?? Date.now() });
      this.polling(true);
      const pause = AGAIN_MS[Math.min(failed, AGAIN_MS.length - 1)] ?? POLL_MS;
      await new Promise((resume) => setTimeout(resume, pause * (0.75 + Math.random() / 2)));
    }
  }

  /** One connection, until it ends; whether it ever was one. */
  private async once(signal: AbortSignal): Promise<boolean> {
    const line = new AbortController();
    const end = () => line.abort();
    signal.addEventListener('abort', end);
    let silence = setTimeout(end, SILENT_MS);
    let lasted = false;
    try {
      const headers: Record<string, string> = this.last ? { 'last-event-id': this.last } : {};
      const response = await request(new Request('/api/v1/events/stream', { headers, signal: line.signal, cache: 'no-store' }));
      if (!response.ok || !response.body) return false;
      lasted = true;
      this.polling(false);
      this.become({ state: 'live', since: null });
      const reader = new EventReader();
      const decoder = new TextDecoder();
      const bytes = response.body.getReader();
      for (;;) {
        const { done, value } = await bytes.read();
        if (done) return lasted;
        clearTimeout(silence);
        silence = setTimeout(end, SILENT_MS);
        for (const event of reader.push(decoder.decode(value, { stream: true }))) this.take(event.event, event.id, event.data);
      }
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', end);
    }
  }

  private take(event: string, id: string | null, data: string) {
    // The first event says where the stream begins. What was read before may have changed until then, and nothing tells of it.
    const begins = this.last === null;
    if (id !== null) this.last = id;
    if (begins || event === 'reset') this.tell(ALL);
    else if (event === 'changes') this.tell(changesOf(data));
  }

  private tell(changes: Changes) {
    // A hidden page refreshes when it is looked at again.
    if (document.hidden) return;
    for (const listener of this.listeners) listener(changes);
  }

  private seen = () => {
    if (!document.hidden) this.tell(ALL);
  };

  private polling(on: boolean) {
    if (!on && this.poll) clearInterval(this.poll);
    if (!on) this.poll = null;
    else this.poll ??= setInterval(() => this.tell(ALL), POLL_MS);
  }

  private become(next: Live) {
    if (next.state === this.current.state && next.since === this.current.since) return;
    this.current = next;
    for (const watcher of this.watchers) watcher();
  }
}

export const live = new LiveStream();
