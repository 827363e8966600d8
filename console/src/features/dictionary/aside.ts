/** A plan worked into a text without the page waiting for it. */
import type { Order } from './merge.worker';

/** The text with the plan in it; null where it is written in a way that only the text itself can change. */
export function mergedAside(order: Order): Promise<string | null> {
  const worker = new Worker(new URL('./merge.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<string | null>((done, fail) => {
    worker.onmessage = ({ data }: MessageEvent<string | null>) => done(data);
    worker.onerror = (event) => fail(new Error(event.message || 'the rows could not be worked in'));
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}
