/** A hub for each worker: its journeys use orders of their own and do not disturb each other. */
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { type Hub, startHub } from './hub';
import { WORKERS } from './workers';

/** What a journey knows of its hub. */
export type World = Pick<Hub, 'url' | 'mocks' | 'link' | 'folder'>;

export default async function setup(project: TestProject) {
  const begun = await Promise.allSettled(Array.from({ length: WORKERS }, () => startHub()));
  const hubs = begun.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = () => Promise.all(hubs.map((hub) => hub.stop()));
  const failed = begun.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  // For writing pages: those of `npm run build` in front of the hub, so that it need not be built anew. What the hub itself
  // does with pages (policy, caching) is then not seen; the suite counts only without this.
  const fronts = process.env.WAYBILL_E2E_PAGES === 'preview' ? await Promise.all(hubs.map((hub) => before(hub.url))) : [];
  const world = ({ url, mocks, link, folder }: Hub, index: number) => ({ url: fronts[index]?.url ?? url, mocks, link, folder });
  project.provide('hubs', hubs.map(world));
  return async () => {
    await Promise.all(fronts.map((front) => front.close()));
    await stop();
  };
}

async function before(hub: string) {
  const proxy = Object.fromEntries(
    ['/api', '/ready', '/health', '/hooks'].map((path) => [path, { target: hub, changeOrigin: false }]),
  );
  const server = await preview({ root: `${import.meta.dirname}/..`, preview: { host: '127.0.0.1', port: 0, proxy } });
  return { url: server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '', close: () => server.close() };
}

declare module 'vitest' {
  export interface ProvidedContext {
    hubs: World[];
  }
}
