/** One hub for all journeys: they use orders of their own and do not disturb each other. */
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';
import { startHub } from './hub';

export default async function setup(project: TestProject) {
  const hub = await startHub();
  // For writing pages: those of `npm run build` in front of the hub, so that it need not be built anew. What the hub itself
  // does with pages (policy, caching) is then not seen; the suite counts only without this.
  const front = process.env.WAYBILL_E2E_PAGES === 'preview' ? await before(hub.url) : null;
  project.provide('hub', { url: front?.url ?? hub.url, mocks: hub.mocks, link: hub.link, folder: hub.folder });
  return async () => {
    await front?.close();
    await hub.stop();
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
    hub: { url: string; mocks: Record<'erp' | 'oa' | 'finance', string>; link: string; folder: string };
  }
}
