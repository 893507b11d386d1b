import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionStatus } from '../src/client/index.ts';
import { startTestGateway, type FaultyLink, type TestGateway } from '../src/testing/index.ts';
import { RecordingWorld } from './force/recording-world.ts';
import { CHROMIUM, complaintsOf, duplicateTab, launchChromium } from './support/browser.ts';
import { repositoryPath } from './support/doc-page.ts';

// The SDK in a real browser: what becomes of its token in reloads, copied tabs and sleep, and whether it notices that
// a connection is dead.

/** `holdfast` is the SDK as it was built, `session` the page's session, `text` all that it showed. */
const PAGE = `<!doctype html><title>page</title><link rel="icon" href="data:," /><script type="module">
  import * as holdfast from '/dist/client/index.js';
  const url = new URL(location.href).searchParams.get('url');
  const session = holdfast.connect(url);
  Object.assign(window, { holdfast, session, text: '', replays: 0, storages: [] });
  session.on('output', ({ text }) => (window.text += text));
  session.on('replay', () => (window.replays += 1));
  session.on('storage', ({ keeps }) => window.storages.push(keeps));
</script>`;

interface PageGlobals {
  readonly session: import('../src/client/index.ts').Session;
  readonly text: string;
  readonly replays: number;
  readonly storages: readonly string[];
}

let browser: Browser;
/** Lets the tab that sleeps go on. */
let wake: () => void = () => undefined;
let fellAsleep: () => void = () => undefined;
let files: Server;
let context: BrowserContext;
let world: RecordingWorld;
let gateway: TestGateway;
let link: FaultyLink;

/** A tab with the page in it. */
class Tab {
  readonly page: Page;
  readonly complaints: readonly string[];

  constructor(page: Page) {
    this.page = page;
    this.complaints = complaintsOf(page);
  }

  static async open(host = '127.0.0.1'): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
    const { port } = files.address() as AddressInfo;
    await tab.page.goto(`http://${host}:${port}/?url=${encodeURIComponent(link.url)}`);
    return tab;
  }

  /** A copy of this tab in a process of its own, which `duplicateTab` does not give it. */
  async copy(): Promise<Tab> {
    const items = await this.page.evaluate('JSON.stringify({ ...sessionStorage })');
    const tab = new Tab(await context.newPage());
    await tab.page.addInitScript(`Object.assign(sessionStorage, ${String(items)})`);
    await tab.page.goto(this.page.url());
    return tab;
  }

  get<T>(read: (page: PageGlobals) => T | Promise<T>): Promise<T> {
    // The function runs in the page, whose globals we made above.
    return this.page.evaluate(`(${read.toString()})(window)`);
  }

  /** As frozen: its script stands still, and whatever comes waits, until `wake`. */
  async sleep(): Promise<void> {
    const asked = new Promise<void>((resolve) => {
      fellAsleep = resolve;
    });
    this.page
      .evaluate("const r = new XMLHttpRequest(); r.open('GET', '/asleep', false); r.send();")
      .catch(() => undefined);
    await asked;
  }

  async status(kind: SessionStatus['kind']): Promise<SessionStatus> {
    return vi.waitFor(
      async () => {
        const status = await this.get(({ session }) => session.status);
        expect(status).toMatchObject({ kind });
        return status;
      },
      { timeout: 15_000 },
    );
  }

  sees(text: string): Promise<void> {
    return vi.waitFor(async () => expect(await this.get((page) => page.text)).toContain(text), 10_000);
  }

  /** What lies in the storages, and whether a token does. */
  stored(): Promise<{ tab: string[]; browser: string[] }> {
    return this.page.evaluate(
      '({ tab: Object.values({ ...sessionStorage }), browser: Object.values({ ...localStorage }) })',
    );
  }
}

describe.skipIf(CHROMIUM === undefined)('the SDK in a browser', () => {
  beforeAll(async () => {
    files = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0] ?? '/';
      if (path === '/asleep') {
        wake = () => response.end();
        return fellAsleep();
      }
      if (path === '/') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
      readFile(repositoryPath(path.slice(1))).then(
        (body) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => {
      files.listen(0, '127.0.0.1', resolve);
    });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    files.close();
  });

  beforeEach(async () => {
    world = new RecordingWorld();
    gateway = await startTestGateway({ world });
    link = await gateway.link();
    context = await browser.newContext();
  });

  afterEach(async () => {
    await context.close();
    await gateway.close();
  });

  /** Of the session that was opened last. */
  async function sessionId(): Promise<string> {
    return (await gateway.event('opened')).sessionId;
  }

  function attaches(): number {
    return gateway.events.filter(({ kind }) => kind === 'opened' || kind === 'resumed').length;
  }

  it('comes back after a reload with exactly what was missed; the tab has a key, and the browser the token', async () => {
    const tab = await Tab.open();
    await tab.get(({ session }) => session.send('one').then(() => true));
    await tab.sees('You say, "one"');
    expect(await tab.get(({ session }) => session.storage)).toBe('locked');
    const { tab: keys, browser: entries } = await tab.stored();
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toContain('token');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toContain('token');
    const { pathname } = new URL(tab.page.url());
    await tab.page.goto('about:blank');
    await gateway.event('detached');
    world.print(await sessionId(), 'A clock strikes.');
    await tab.page.goBack();
    await tab.sees('A clock strikes.');
    expect(await tab.get(({ text, replays }) => ({ text, replays }))).toEqual({
      text: 'A clock strikes.\n',
      replays: 1,
    });
    expect(new URL(tab.page.url()).pathname).toBe(pathname);
    expect(tab.complaints).toEqual([]);
  });

  it('gives each tab its own session', async () => {
    const one = await Tab.open();
    const two = await Tab.open();
    await one.status('open');
    await two.status('open');
    expect(gateway.events.map(({ kind }) => kind)).toEqual(['opened', 'opened']);
  });

  it('waits in a copied tab without showing the token, takes over when it is asked, and the first one says so', async () => {
    const first = await Tab.open();
    await first.get(({ session }) => session.send('one').then(() => true));
    const second = new Tab(await duplicateTab(first.page));
    await second.status('blocked');
    // The first one's token was replaced meanwhile: a copy of it from before would be taken for theft.
    link.cut();
    await first.get(({ session }) => session.send('two').then(() => true));
    await first.status('open');
    expect(attaches()).toBe(2);
    await second.get(({ session }) => session.takeOver());
    await second.status('open');
    await second.get(({ session }) => session.send('three').then(() => true));
    expect(await first.status('closed')).toEqual({ kind: 'closed', reason: 'another_tab', canResume: true });
    expect(attaches()).toBe(3);

    // And back again.
    await first.get(({ session }) => session.retry());
    await first.status('blocked');
    await first.get(({ session }) => session.takeOver());
    await first.get(({ session }) => session.send('four').then(() => true));
    await second.status('closed');
    expect(world.carriedOut(await sessionId())).toEqual(['one', 'two', 'three', 'four']);
    expect(gateway.events.filter(({ kind }) => kind === 'refused')).toEqual([]);
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });

  it('goes on in a copied tab when the first one is closed', async () => {
    const first = await Tab.open();
    await first.get(({ session }) => session.send('one').then(() => true));
    const second = new Tab(await duplicateTab(first.page));
    await second.status('blocked');
    await first.page.close();
    await second.get(({ session }) => session.send('two').then(() => true));
    expect(world.carriedOut(await sessionId())).toEqual(['one', 'two']);
  });

  it('takes the token from a frozen tab, which changes nothing when it wakes', async () => {
    const first = await Tab.open();
    await first.get(({ session }) => session.send('one').then(() => true));
    const second = await first.copy();
    await second.status('blocked');
    await first.sleep();
    await second.get(({ session }) => session.takeOver());
    await second.get(({ session }) => session.send('two').then(() => true));
    const { browser: before } = await second.stored();
    wake();
    expect(await first.status('closed')).toMatchObject({ canResume: true });
    expect((await second.stored()).browser).toEqual(before);
    // What it kept is still good.
    await second.page.reload();
    await second.get(({ session }) => session.send('three').then(() => true));
    expect(world.carriedOut(await sessionId())).toEqual(['one', 'two', 'three']);
  });

  it('removes the token when the player quits', async () => {
    const tab = await Tab.open();
    await tab.get(({ session }) => session.send('one').then(() => true));
    await tab.get(({ session }) => session.quit());
    expect((await tab.stored()).browser).toEqual([]);
    await tab.get(({ session }) => session.retry());
    await tab.status('open');
    expect(gateway.events.filter(({ kind }) => kind === 'opened')).toHaveLength(2);
  });

  it('clears away what a tab that never came back has left, after a week', async () => {
    const left = (days: number): string =>
      JSON.stringify(['somebody', Date.now() - days * 86_400_000, 'text']);
    const items = {
      [`holdfast ${link.url} old`]: left(8),
      [`holdfast ${link.url} new`]: left(6),
      other: left(8),
    };
    await context.addInitScript(`Object.assign(localStorage, ${JSON.stringify(items)})`);
    const tab = await Tab.open();
    await tab.status('open');
    const keys = await tab.page.evaluate<string[]>('Object.keys(localStorage)');
    expect(keys.filter((key) => key in items).toSorted()).toEqual([`holdfast ${link.url} new`, 'other']);
  });

  it('keeps the token in the tab alone where there are no Web Locks, and says so', async () => {
    const tab = await Tab.open('insecure.test');
    await tab.get(({ session }) => session.send('one').then(() => true));
    expect(await tab.get(({ session }) => session.storage)).toBe('tab');
    const { tab: items, browser: entries } = await tab.stored();
    expect([items.length, entries.length]).toEqual([1, 0]);
    await tab.page.reload();
    await tab.get(({ session }) => session.send('two').then(() => true));
    expect(world.carriedOut(await sessionId())).toEqual(['one', 'two']);
  });

  it('says that it keeps nothing where storage is forbidden, or full', async () => {
    await context.addInitScript(`
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) {
        if (value.includes('token')) throw new DOMException('full', 'QuotaExceededError');
        setItem.call(this, key, value);
      };`);
    const full = await Tab.open();
    await full.get(({ session }) => session.send('one').then(() => true));
    await vi.waitFor(async () => expect(await full.get(({ storages }) => storages)).toEqual(['memory']));
    expect(await full.get(({ session }) => session.storage)).toBe('memory');
    await context.addInitScript(`
      const get = () => { throw new DOMException('no', 'SecurityError'); };
      Object.defineProperty(window, 'localStorage', { get });`);
    const forbidden = await Tab.open();
    await forbidden.status('open');
    expect(await forbidden.get(({ session }) => session.storage)).toBe('memory');
  });

  it('finds out within seconds that its connection died while the tab was asleep', async () => {
    const tab = await Tab.open();
    await tab.get(({ session }) => session.send('one').then(() => true));
    await tab.sleep();
    link.halfOpen();
    wake();
    // Chromium without a window never freezes a tab by itself, and so never says this.
    await tab.page.evaluate("document.dispatchEvent(new Event('resume'))");
    const woken = Date.now();
    await tab.status('connecting');
    expect(Date.now() - woken).toBeLessThan(8000);
    await link.heal();
    await tab.get(({ session }) => session.send('two').then(() => true));
    expect(world.carriedOut(await sessionId())).toEqual(['one', 'two']);
  });

  it('comes back when the network does, at once, with what was missed', async () => {
    const tab = await Tab.open();
    await tab.get(({ session }) => session.send('one').then(() => true));
    await context.setOffline(true);
    link.cut();
    await tab.status('waiting');
    await gateway.event('detached');
    world.print(await sessionId(), 'A clock strikes.');
    await context.setOffline(false);
    await tab.sees('A clock strikes.');
    const text = await tab.get((page) => page.text);
    expect(text.match(/A clock strikes\./g)).toHaveLength(1);
  });
});
