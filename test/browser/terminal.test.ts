import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFaultyLink, type FaultyLink } from '../../src/testing/index.ts';
import { CHROMIUM, duplicateTab, launchChromium } from '../support/browser.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { startLineGame, type LineGame } from '../support/line-game.ts';
import { TerminalPage } from '../support/terminal-page.ts';

// The player's page in a real browser: in front of the demo world, and of a game that numbers its lines.

describe.skipIf(CHROMIUM === undefined)('the terminal', { timeout: 40_000 }, () => {
  let browser: Browser;
  let game: LineGame;
  let demo: GatewayProcess;
  let numbered: GatewayProcess;
  const folders = [temporaryFolder(), temporaryFolder()];
  const [demoFolder = '', numberedFolder = ''] = folders.map(({ path }) => path);

  beforeAll(async () => {
    game = await startLineGame({ prompt: 'ga' });
    const upstream = ['--upstream', `127.0.0.1:${game.port}`, '--upstream-up-pattern', 'Welcome'];
    const bounds = ['--backlog-bytes', '16384'];
    [browser, demo, numbered] = await Promise.all([
      launchChromium(),
      GatewayProcess.start(demoFolder),
      GatewayProcess.start(numberedFolder, ...upstream, ...bounds),
    ]);
  });

  afterAll(async () => {
    await browser.close();
    await Promise.all([demo.kill(), numbered.kill()]);
    await game.close();
    for (const folder of folders) folder.remove();
  });

  /** Somebody with a browser of their own, at the page of the gateway behind this port. */
  async function visitor(
    port: number,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<TerminalPage> {
    const context = await browser.newContext(options);
    const terminal = await TerminalPage.open(context, port);
    onTestFinished(async () => {
      const { complaints } = terminal;
      await context.close();
      expect(complaints).toEqual([]);
    });
    await terminal.says('Connected');
    return terminal;
  }

  /** A player of the demo world. */
  async function sailor(name: string, port = demo.http, options = {}): Promise<TerminalPage> {
    const terminal = await visitor(port, options);
    await terminal.sees('By what name are you known?');
    await terminal.enter(name);
    await terminal.sees(`Welcome ashore, ${name}.`);
    return terminal;
  }

  /** A player of the game that numbers its lines, which says `hello` as its second. */
  async function player(name: string, port = numbered.http): Promise<TerminalPage> {
    const terminal = await visitor(port);
    await terminal.sees('What is your name?');
    await terminal.enter(name);
    await terminal.sees('Password:');
    await terminal.enter('sesame');
    await terminal.sees(`1: Welcome, ${name}.`);
    await terminal.enter('hello');
    await terminal.sees('2: You said: hello');
    return terminal;
  }

  async function linkTo(gateway: GatewayProcess): Promise<FaultyLink> {
    const link = await startFaultyLink(gateway.http);
    onTestFinished(() => link.close());
    return link;
  }

  it('is played: lines, prompts, colours, gauges, where one is, and the history of what was typed', async () => {
    const ada = await sailor('Ada');
    await ada.enter('say I hold fast');
    await ada.sees('You say, "I hold fast"');
    await ada.enter('inventory');
    await ada.sees('[hp 20/20] > inventory');
    expect(await ada.page.getByRole('meter', { name: 'HP' }).getAttribute('aria-valuetext')).toBe('20 of 20');
    expect(await ada.page.title()).toBe('The Long Quay · Holdfast');
    const voice = ada.page.locator('.line .ansi-3', { hasText: 'I hold fast' });
    await voice.waitFor();
    expect(await ada.page.evaluate(colourOf('.ansi-3'))).not.toBe(await ada.page.evaluate(colourOf('body')));
    const line = ada.page.locator('#line');
    await line.fill('half a li');
    for (const [key, text] of [
      ['ArrowUp', 'inventory'],
      ['ArrowUp', 'say I hold fast'],
      ['ArrowDown', 'inventory'],
      ['ArrowDown', 'half a li'],
      ['Escape', ''],
    ] as const) {
      await ada.page.keyboard.press(key);
      expect(await line.inputValue()).toBe(text);
    }
    await ada.page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'say one\\r\\n  two\\n');
      const paste = new ClipboardEvent('paste', { clipboardData, cancelable: true });
      document.querySelector('#line').dispatchEvent(paste);
    }`);
    expect(await line.inputValue()).toBe('say one two');
    await line.fill('');
    await ada.page.locator('#log').focus();
    await ada.page.keyboard.type('look');
    expect(await line.inputValue()).toBe('look');
  });

  it('masks what the game hides, and keeps it nowhere', async () => {
    const pia = await player('Pia');
    const line = pia.page.locator('#line');
    await pia.page.reload();
    await pia.sees('2: You said: hello');
    await pia.says('Connected');
    expect(await pia.page.evaluate(EVERYTHING_KEPT)).toContain('Welcome, Pia');
    expect(await pia.page.evaluate(EVERYTHING_KEPT)).not.toContain('sesame');
    expect(await pia.lines()).toContain('Password: ••••••');
    await line.press('ArrowUp');
    expect(await line.inputValue()).toBe('hello');
    await line.press('ArrowUp');
    expect(await line.inputValue()).toBe('hello');

    // This game says again all that it hears.
    await pia.enter('@password sesame');
    await pia.sees('3: You said: @password sesame');
    expect(await pia.page.locator('.typed').allTextContents()).toContain('@password ••••••');
    expect(await pia.page.evaluate('sessionStorage["holdfast.history"]')).toBe('["hello"]');

    const una = await visitor(numbered.http);
    await una.sees('What is your name?');
    await una.enter('Una');
    await una.sees('Password:');
    const masked = una.page.getByLabel('Password');
    expect(await masked.getAttribute('type')).toBe('password');
    await masked.fill('sesame');
    await una.page.keyboard.press('ArrowUp');
    expect(await masked.inputValue()).toBe('sesame');
  });

  it('comes back from being offline with exactly what was missed', async () => {
    const ada = await player('Ofa');
    await ada.page.context().setOffline(true);
    await ada.says('You are offline');
    for (const text of ['one', 'two', 'three']) game.say('Ofa', text);
    await ada.page.context().setOffline(false);
    await ada.says('Connected');
    await ada.sees('5: three');
    expect(numbersIn(await ada.missed())).toEqual([3, 4, 5]);
    expect(await ada.lines('away')).toHaveLength(1);
    expect((await ada.lines('away'))[0]).toMatch(/^While you were away: 3 lines, \d s$/);
    expect(await numbersOf(ada)).toEqual([1, 2, 3, 4, 5]);
  });

  it('comes back from a server that is gone, on "Try now", and what was typed meanwhile is carried out once', async () => {
    const link = await linkTo(numbered);
    const bo = await player('Bo', link.port);
    await link.refuse();
    await bo.says(/^Reconnecting/);
    for (const text of ['one', 'two']) game.say('Bo', text);
    await bo.enter('dig');
    const waiting = bo.page.locator('.typed.waiting');
    await expect.poll(() => waiting.allTextContents()).toEqual(['dig']);
    await bo.says(/^Reconnecting in \d+ s$/);
    await link.heal();
    await bo.tryNow();
    await bo.sees('5: You said: dig');
    await expect.poll(() => waiting.count()).toBe(0);
    expect(await numbersOf(bo)).toEqual([1, 2, 3, 4, 5]);
    expect(game.received('Bo')).toEqual(['hello', 'dig']);
    expect(await bo.page.evaluate('document.activeElement.id')).toBe('line');
  });

  it('says nothing of a blip in which nothing happened', async () => {
    const link = await linkTo(numbered);
    const kim = await player('Kim', link.port);
    const before = await kim.lines();
    link.cut();
    await kim.enter('still here');
    await kim.sees('3: You said: still here');
    expect(await kim.lines()).toEqual([
      ...before.slice(0, -1),
      '> still here',
      '3: You said: still here',
      '> ',
    ]);
  });

  it('shows honestly where output is gone', async () => {
    const link = await linkTo(numbered);
    const max = await player('Max', link.port);
    await link.refuse();
    await max.says(/^Reconnecting/);
    for (let i = 0; i < 1000; i += 1) game.say('Max', `${i} ${'x'.repeat(80)}`);
    game.say('Max', 'the end');
    await link.heal();
    await max.tryNow();
    await max.sees('1003: the end');
    const [gap, ...more] = await max.lines('gap');
    expect(gap).toMatch(/^Some output is missing here.*: more came than is kept\.$/);
    expect(more).toEqual([]);
    const numbers = await numbersOf(max);
    const oldest = numbers[2] ?? 0;
    expect(oldest).toBeGreaterThan(100);
    expect(numbers).toEqual([1, 2, ...Array.from({ length: 1003 - oldest + 1 }, (_, i) => oldest + i)]);
  });

  it('outlives a reload with its last 1,000 lines', async () => {
    const eve = await player('Eve');
    for (let i = 3; i <= 1200; i += 1) game.say('Eve', `line ${i}`);
    await eve.sees('1200: line 1200');
    await eve.page.reload();
    await eve.says('Connected');
    game.say('Eve', 'afterwards');
    await eve.sees('1201: afterwards');
    const numbers = await numbersOf(eve);
    expect(numbers.length).toBeGreaterThan(480);
    expect(numbers.length).toBeLessThanOrEqual(1001);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 1201 - numbers.length + 1 + i));
  });

  it('follows the end, unless the reader went back', async () => {
    const ina = await player('Ina');
    for (let i = 3; i <= 200; i += 1) game.say('Ina', `line ${i}`);
    await ina.sees('200: line 200');
    const distance = (): Promise<number> =>
      ina.page.locator('#log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
    await expect.poll(distance).toBeLessThan(2);
    await ina.page.keyboard.press('PageUp');
    await expect.poll(distance).toBeGreaterThan(200);
    const before = await ina.page.locator('#log').evaluate((log) => log.scrollTop);
    game.say('Ina', 'below');
    await ina.sees('201: below');
    expect(await ina.page.locator('#log').evaluate((log) => log.scrollTop)).toBe(before);
    await ina.press('New lines below');
    await expect.poll(distance).toBeLessThan(2);
  });

  it('in two tabs is played in one, and moves over when asked', async () => {
    const first = await player('Tea');
    const second = new TerminalPage(await duplicateTab(first.page));
    await second.says('You play in another tab');
    await expect.poll(() => second.page.locator('#line').isDisabled()).toBe(true);
    await second.press('Play here');
    await second.says('Connected');
    await first.says('You play in another tab');
    await second.enter('from the second');
    await second.sees('3: You said: from the second');
    await first.press('Play here');
    await first.says('Connected');
    await first.enter('from the first');
    await first.sees('You said: from the first');
    await second.says('You play in another tab');
    expect(game.received('Tea')).toEqual(['hello', 'from the second', 'from the first']);
    expect(second.complaints).toEqual([]);
  });

  it('goes on on another device, by a code', async () => {
    const here = await player('Lin');
    await here.choose('Continue on another device');
    await expect
      .poll(() => here.page.getByLabel('Code', { exact: true }).inputValue())
      .toMatch(/^h1[\w-]{54}$/);
    const code = await here.page.getByLabel('Code', { exact: true }).inputValue();
    await here.press('Done');
    await expect.poll(() => here.page.getByLabel('Code', { exact: true }).inputValue()).toBe('');

    const there = await visitor(numbered.http);
    await there.choose('Enter a code');
    await there.page.getByLabel('Code from the other device').fill(`reconnect ${code}\n`);
    await there.press('Continue here');
    await here.says('You play on another device');
    await there.says('Connected');
    await there.enter('from there');
    await there.sees('You said: from there');
    await here.press('Play here');
    await there.says('You play on another device');
    await here.sees('You said: from there');
    await here.enter('from here');
    await here.sees('You said: from here');
    expect(game.received('Lin')).toEqual(['hello', 'from there', 'from here']);

    const stranger = await visitor(numbered.http);
    await stranger.choose('Enter a code');
    await stranger.page.getByLabel('Code from the other device').fill(`h1${'A'.repeat(54)}`);
    await stranger.press('Continue here');
    await stranger.sees('That code is not valid, or not any more.');
  });

  it('wakes from sleep with exactly what was missed', async () => {
    const link = await linkTo(numbered);
    const zoe = await player('Zoe', link.port);
    const devtools = await zoe.page.context().newCDPSession(zoe.page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    link.cut();
    for (const text of ['one', 'two']) game.say('Zoe', text);
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await zoe.says('Connected');
    await zoe.sees('4: two');
    expect(await numbersOf(zoe)).toEqual([1, 2, 3, 4]);
  });

  it('asks what becomes of held commands after a while: the chosen run, the others do not', async () => {
    const link = await linkTo(demo);
    const [chooser, skipper] = await Promise.all([sailor('Una', link.port), sailor('Ole', link.port)]);
    for (const page of [chooser, skipper]) {
      await page.enter('wait 2');
      await page.sees('You wait 2 seconds.');
      for (const word of ['alpha', 'beta', 'gamma']) await page.enter(`say ${word}`);
      await expect.poll(() => page.page.locator('.typed.sent').count()).toBe(5);
    }
    await link.refuse();
    await chooser.says(/^Reconnecting/);
    // Longer than what is run without a question.
    await new Promise((resolve) => setTimeout(resolve, 5200));
    await link.heal();
    for (const page of [chooser, skipper]) {
      await page.tryNow();
      await page.page.getByRole('heading', { name: '3 commands were waiting when you left' }).waitFor();
    }
    await chooser.page.getByLabel('say beta').uncheck();
    await chooser.press('Run 2 commands');
    await chooser.sees('You say, "gamma"');
    await skipper.press('Skip all');
    await skipper.sees('“say alpha”, “say beta”, “say gamma” were skipped.');
    await skipper.enter('say after');
    await skipper.sees('You say, "after"');
    const said = async ({ page }: TerminalPage): Promise<string[]> =>
      page.locator('.line.text:not(.prompt)', { hasText: 'You say' }).allTextContents();
    expect(await said(chooser)).toEqual(['You say, "alpha"', 'You say, "gamma"']);
    expect(await said(skipper)).toEqual(['You say, "after"']);
    expect(await chooser.lines('note')).toEqual(['“say beta” was skipped.']);
    expect(await chooser.page.locator('#held').isVisible()).toBe(false);
  });

  it('outlives kill -9 of the gateway', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    let gateway = await GatewayProcess.start(folder.path);
    onTestFinished(() => gateway.kill());
    const link = await linkTo(gateway);
    const kai = await sailor('Kai', link.port);
    await kai.enter('say before');
    await kai.sees('You say, "before"');
    await gateway.kill();
    await kai.says(/^Reconnecting/);
    await kai.enter('say meanwhile');
    gateway = await GatewayProcess.start(folder.path);
    link.leadTo(gateway.http);
    await kai.tryNow();
    await kai.sees('You say, "meanwhile"');
    await kai.says('Connected');
    const lines = await kai.lines('text');
    for (const word of ['before', 'meanwhile']) {
      expect(lines.filter((line) => line === `You say, "${word}"`)).toHaveLength(1);
    }
    expect(await kai.lines('gap')).toHaveLength(1);
  });

  it('logs out also while there is no connection, as soon as there is one', async () => {
    const link = await linkTo(demo);
    const abe = await sailor('Abe', link.port);
    await link.refuse();
    await abe.says(/^Reconnecting/);
    await abe.choose('Log out');
    await abe.press('Log out');
    await abe.sees('You are logged out as soon as there is a connection again.');
    const tryNow = await abe.page.getByRole('button', { name: 'Try now', exact: true }).elementHandle();
    await link.heal();
    await abe.tryNow();
    await abe.says('You have logged out');
    expect(await abe.lines()).toEqual([]);
    // A hand that is a moment behind does not begin anew with the button that it meant to try with.
    expect(await tryNow?.isVisible()).toBe(false);
    await abe.press('Begin anew');
    await abe.sees('By what name are you known?');
  });

  it('logs out for good, and forgets', async () => {
    const rob = await sailor('Rob');
    await rob.choose('Log out');
    await rob.press('Log out');
    await rob.says('You have logged out');
    expect(await rob.lines()).toEqual([]);
    expect(await rob.page.evaluate(EVERYTHING_KEPT)).not.toContain('Welcome');
    await rob.press('Begin anew');
    await rob.sees('By what name are you known?');
    await rob.enter('Rob');
    await rob.sees('Welcome ashore, Rob.');
  });

  it('shows 16, 256 and true colours, each so that it can be read, on dark and on light', async () => {
    const iris = await player('Iris');
    const all = (count: number, code: (i: number) => string): string =>
      Array.from({ length: count }, (_, i) => `\u001b[${code(i)}m${i}\u001b[0m`).join(' ');
    for (const text of [
      all(8, (i) => `${30 + i}`),
      all(8, (i) => `${90 + i}`),
      all(8, (i) => `2;${30 + i}`),
      all(8, (i) => `${40 + i}`),
      all(8, (i) => `7;${30 + i}`),
      all(240, (i) => `38;5;${16 + i}`),
      all(240, (i) => `48;5;${16 + i}`),
      all(64, (i) => `38;2;${i * 4};0;${255 - i * 4}`),
      all(4, (i) => `${i}`),
    ]) {
      game.say('Iris', text);
    }
    game.say('Iris', 'the end');
    await iris.sees('the end');
    const mixed = (): Promise<unknown> => iris.page.evaluate(colourOf('.mixed'));
    const colours = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      await iris.page.emulateMedia({ colorScheme });
      expect(await iris.barriers()).toEqual([]);
      colours.push(await mixed());
    }
    expect(new Set(colours).size).toBe(2);
  });

  it.each([
    ['dark, on a desk', { colorScheme: 'dark', viewport: { width: 1100, height: 720 } }],
    [
      'light, on a phone',
      { colorScheme: 'light', viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
    ],
  ] as const)('has no barriers: %s', async (_, options) => {
    const link = await linkTo(demo);
    const name = options.colorScheme === 'dark' ? 'Dee' : 'Lee';
    const dee = await visitor(link.port, options);
    await dee.sees('By what name are you known?');
    expect(await dee.barriers()).toEqual([]);
    await dee.enter(name);
    await dee.sees('Welcome ashore');
    for (const line of ['say hello', 'wait 1', 'look', 'fish']) await dee.enter(line);
    await dee.press('Menu');
    expect(await dee.barriers()).toEqual([]);
    for (const item of ['Continue on another device', 'Enter a code', 'Log out']) {
      await dee.page.keyboard.press('Escape');
      await dee.choose(item);
      expect(await dee.barriers()).toEqual([]);
    }
    await dee.page.keyboard.press('Escape');
    await link.refuse();
    await dee.says(/^Reconnecting/);
    await dee.enter('say meanwhile');
    expect(await dee.barriers()).toEqual([]);
    expect(await dee.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });
});

/** Also what stands on the page. Passwords are nowhere in it. */
const EVERYTHING_KEPT =
  'JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.body.innerText])';

function colourOf(selector: string): string {
  return `getComputedStyle(document.querySelector('${selector}')).color`;
}

/** The numbers of the game's lines, in order. */
async function numbersOf(terminal: TerminalPage): Promise<number[]> {
  return numbersIn(await terminal.lines('text'));
}

/** A game that writes several lines at once writes them behind its prompts. */
function numbersIn(lines: readonly string[]): number[] {
  return lines.flatMap((line) => /^(?:> )?(\d+): /.exec(line)?.[1] ?? []).map(Number);
}
