/** A hub for each worker: its journeys use orders of their own and do not disturb each other. */
import { chromium } from 'playwright-core';
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
    const world = ({ url, mocks, link, folder }: Hub) => ({ url, mocks, link, folder });
    project.provide('hubs', hubs.map(world));
    project.provide('browser', browser?.wsEndpoint() ?? '');
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    hubs: World[];
    browser: string;
  }
}
