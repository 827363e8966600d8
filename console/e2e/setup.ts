/** A hub for each worker: its journeys use orders of their own and do not disturb each other. */
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { LAUNCH } from './chromium.ts';
import { type Hub, startHub } from './hub.ts';
import { WORKERS } from './workers.ts';

/** What a journey knows of its hub. */
export type World = Pick<Hub, 'url' | 'mocks' | 'link' | 'folder'>;

export default async function setup(project: TestProject) {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.reverse()) await each();
  };
  /** Whatever has begun is ended again where something else has not. */
  const all = async <T>(begun: Promise<T>[], end: (one: T) => Promise<unknown>): Promise<T[]> => {
    const settled = await Promise.allSettled(begun);
    const good = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    stops.push(() => Promise.all(good.map(end)));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    return good;
  };
  try {
    // One browser for all files: each test has windows of its own in it, which know nothing of each other.
    const [browser] = await all([chromium.launchServer(LAUNCH)], (one) => one.close());
    const hubs = await all(
      Array.from({ length: WORKERS }, () => startHub()),
      (hub) => hub.stop(),
    );
    // For writing pages: those of `npm run build` in front of the hub, so that it need not be built anew. What the hub itself
    // does with pages (caching, packing) is then not seen; the suite counts only without this.
    const preview = process.env.WAYBILL_E2E_PAGES === 'preview';
    const fronts = await all(
      hubs.flatMap((hub) => (preview ? [before(hub.url)] : [])),
      (front) => front.close(),
    );
    const world = ({ url, mocks, link, folder }: Hub, index: number) => ({ url: fronts[index]?.url ?? url, mocks, link, folder });
    project.provide('hubs', hubs.map(world));
    project.provide('browser', browser?.wsEndpoint() ?? '');
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function before(hub: string) {
  const proxy = Object.fromEntries(
    ['/api', '/ready', '/health', '/hooks'].map((path) => [path, { target: hub, changeOrigin: false }]),
  );
  // The hub's own policy, with the word that stands in the built pages for what is fresh in each answer of the hub.
  const policy = (await fetch(hub, { headers: { accept: 'text/html' } })).headers.get('content-security-policy') ?? '';
  const headers = { 'content-security-policy': policy.replace(/'nonce-[^']+'/g, "'nonce-__WAYBILL_NONCE__'") };
  const server = await preview({ root: `${import.meta.dirname}/..`, preview: { host: '127.0.0.1', port: 0, proxy, headers } });
  return { url: server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '', close: () => server.close() };
}

declare module 'vitest' {
  export interface ProvidedContext {
    hubs: World[];
    browser: string;
  }
}
