/** A page of headless Chromium, watched for whatever a page must not do. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Download, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { LAUNCH } from './chromium';
import { TOKENS } from './hub';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The suite's browser, or one of its own where there is none. Closing it closes what was opened here. */
export async function openBrowser(): Promise<Browser> {
  const shared = inject('browser');
  return shared ? chromium.connect(shared) : chromium.launch(LAUNCH);
}

/** What a page gave to save, as text. */
export async function saved(download: Download): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of await download.createReadStream()) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

export interface Look {
  language?: 'en' | 'zh-CN';
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  token?: string | null;
  /** A window that shares nothing with another, not even what it has loaded: for whoever stops its clock. */
  alone?: boolean;
}

export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Faults of the page so far: errors, blocked content, requests to elsewhere. */
  faults: string[];
}

/** Windows of one look, by browser: a page after the first has its scripts from the one before it, as a person's has. */
const windows = new WeakMap<Browser, Map<string, Promise<BrowserContext>>>();

async function windowOf(browser: Browser, url: string, look: Look): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: look.language ?? 'en',
    colorScheme: look.theme ?? 'light',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  // Below the limit of a test, so that a failure names what it waited for.
  context.setDefaultTimeout(20_000);
  return context;
}

/** A page that is signed in, unless `token` is null: who signs in by hand leaves cookies, and has a window alone. */
export async function openPage(browser: Browser, url: string, path: string, look: Look = {}): Promise<Watched> {
  const token = look.token === undefined ? TOKENS.all : look.token;
  const alone = look.alone === true || token === null;
  const known = windows.get(browser) ?? new Map<string, Promise<BrowserContext>>();
  windows.set(browser, known);
  const key = [url, look.language, look.theme].join(' ');
  const kept = alone ? undefined : known.get(key);
  const opened = kept ?? windowOf(browser, url, look);
  if (!alone) known.set(key, opened);
  const shared = await opened;
  const page = await shared.newPage();
  await page.setViewportSize({ width: look.width ?? 1440, height: look.height ?? 900 });
  // Closing it closes the page alone, where others go on in the window.
  const context = alone ? shared : windowed(shared, page);
  await page.addInitScript(
    ([key, value]) => {
      if (sessionStorage.getItem('e2e.began')) return;
      // Nothing that a page before it has remembered.
      localStorage.clear();
      if (value) sessionStorage.setItem(key as string, value);
      sessionStorage.setItem('e2e.began', 'yes');
    },
    ['waybill.token', token],
  );
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is told by the page itself; everything else that lands here is a fault.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:') && !request.url().startsWith('blob:'))
      faults.push(`request to ${request.url()}`);
  });
  await page.addInitScript(() => {
    // What a page has asked for and not got yet; the stream never ends.
    const asked = { open: 0 };
    const plain = globalThis.fetch.bind(globalThis);
    Object.assign(globalThis, {
      asked,
      fetch: (...order: Parameters<typeof fetch>) => {
        const to = order[0] instanceof Request ? order[0].url : String(order[0]);
        if (to.includes('/events/stream')) return plain(...order);
        asked.open += 1;
        return plain(...order).finally(() => setTimeout(() => (asked.open -= 1)));
      },
    });
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(url + path);
  return { page, context, faults };
}

function windowed(context: BrowserContext, page: Page): BrowserContext {
  return new Proxy(context, {
    get(target, name) {
      if (name === 'close') return () => page.close();
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Leads a page that is loaded to another address, as a link in it would. */
export async function follow(page: Page, path: string): Promise<void> {
  const turned = () => document.documentElement.dataset.turned ?? '';
  const before = await page.evaluate(turned);
  await page.evaluate((to) => history.pushState(null, '', to), path);
  await page.waitForFunction((old) => document.documentElement.dataset.turned !== old, before);
  await settled(page);
}

/** Named in `WAYBILL_E2E_SHOTS`, pictures are kept there to be looked at. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.WAYBILL_E2E_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await settled(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Waits until a page has what it asked for, and has drawn it. */
export async function settled(page: Page): Promise<void> {
  const calm = await page.evaluate(async () => {
    const { asked } = globalThis as unknown as { asked?: { open: number } };
    const frames = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    const end = performance.now() + 20_000;
    // A page without scripts, as behind a decision link, is there when it is drawn.
    if (!asked) {
      await frames();
      return true;
    }
    // Four times one after the other: what is drawn may ask for more.
    for (let times = 0; times < 4 && performance.now() < end; ) {
      const now = asked.open === 0 && !document.querySelector('[aria-busy="true"]') && document.querySelector('main h1, main h2');
      times = now ? times + 1 : 0;
      await frames();
    }
    return performance.now() < end;
  });
  if (!calm) throw new Error(`${page.url()} does not come to rest`);
}

/** The longest that a page stood still while something was done to it, in milliseconds. */
export async function stoodStill(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const longest = { ms: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration);
    });
    observer.observe({ type: 'longtask' });
    Object.assign(globalThis, { longest });
  });
  await act();
  // What is being done now ends before the observer is told of it.
  await page.evaluate(() => new Promise((next) => setTimeout(next, 50)));
  return page.evaluate(() => (globalThis as unknown as { longest: { ms: number } }).longest.ms);
}

/** Serious and critical findings of axe on what is shown. */
export async function accessibility(page: Page): Promise<string[]> {
  // By the debugger's door: the page's own policy would rightly refuse an inline script. Once for each time it is loaded.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run: (
            root: Document,
            options: unknown,
          ) => Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      }
    ).axe;
    return (await axe.run(document, { resultTypes: ['violations'] })).violations;
  });
  return found
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map(
      (violation) =>
        `${violation.id}: ${violation.nodes
          .map((node) => `${node.html.slice(0, 160)} ${node.failureSummary.replaceAll('\n', ' ').slice(0, 200)}`)
          .slice(0, 3)
          .join(' | ')}`,
    );
}
