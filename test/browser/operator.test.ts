import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { complaintsOf, CHROMIUM, launchChromium } from '../support/browser.ts';
import { repositoryPath } from '../support/doc-page.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { LinePlayer } from '../support/line-player.ts';
import { WebPlayer } from '../support/web-player.ts';

// The operator's page in a real browser, on a gateway in a process of its own with real players.

describe.skipIf(CHROMIUM === undefined)('the operator’s page', { timeout: 40_000 }, () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  let browser: Browser;
  let gateway: GatewayProcess;
  let credential: string;

  beforeAll(async () => {
    [browser, gateway] = await Promise.all([launchChromium(), GatewayProcess.start(data, '--operator', '0')]);
    credential = readFileSync(join(data, 'operator-credential'), 'utf8').trim();
  });

  afterAll(async () => {
    await browser.close();
    await gateway.kill();
    folder.remove();
  });

  /** The page, not signed in; at the end of the test nothing may have gone wrong in it. */
  async function visit(options: BrowserContextOptions = {}, expected: RegExp = /^$/): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    onTestFinished(async () => {
      await context.close();
      expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
    });
    await page.goto(`http://127.0.0.1:${gateway.operator}/`);
    return page;
  }

  async function signIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await visit(options);
    await page.getByLabel('Credential').fill(credential);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation').waitFor();
    return page;
  }

  it('finds a player, revokes the token, and closes the session', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    const bob = new LinePlayer(gateway.telnet);
    bob.line('Bob');
    await bob.sees('Bob');
    const page = await signIn();
    await page.getByRole('row', { name: /bob playing .* Telnet · 127\.0\.0\.1/ }).waitFor();

    await page.getByRole('searchbox', { name: 'Search' }).fill('ann');
    await page.getByText('1 of 2 sessions').waitFor();
    await page.getByRole('link', { name: 'ann' }).click();
    const panel = page.getByRole('complementary', { name: 'Session' });
    await panel.getByText(/^playing for /).waitFor();
    await panel.getByText(ann.framesOf('token')[0]?.id ?? '').waitFor();

    await panel.getByRole('button', { name: 'Revoke', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    expect(await ann.frame('bye')).toMatchObject({ reason: 'revoked', resume: false });
    await panel.getByText(/^away for .*, ends in /).waitFor();
    await panel.getByText('revoked, ').waitFor();
    const refused = new WebPlayer(gateway.http, { type: 'hello', resume: ann.kept });
    expect((await refused.frame('error')).code).toBe('token_refused');

    await panel.getByRole('button', { name: 'Close session' }).click();
    await dialog.getByRole('button', { name: 'Close session' }).click();
    await panel.getByText('This session is over').waitFor();
    await page.getByText('The session of ann was closed.').waitFor();
    await panel.getByRole('link', { name: 'What happened in it' }).click();
    const kinds = page.locator('#event-list .kind');
    await kinds.filter({ hasText: 'closed' }).waitFor();
    expect(await kinds.allTextContents()).toEqual(['closed', 'refused', 'detached', 'revoked', 'opened']);
    expect(bob.isClosed).toBe(false);
    bob.cut();
  });

  it('shows how players came back, and why others did not', async () => {
    const eve = await WebPlayer.enter(gateway.http, 'Eve');
    eve.cut();
    const back = await WebPlayer.resume(gateway.http, eve.kept);
    await back.frame('caught_up');
    const thief = new WebPlayer(gateway.http, { type: 'hello', resume: { token: 'garbage' } });
    await thief.closed();
    const page = await signIn();
    await page.getByRole('link', { name: 'Reconnections' }).click();
    await page
      .getByRole('img', { name: /Reconnections over time.* In all: resumed \d+, .*refused [1-9]/ })
      .waitFor();
    await page.locator('.uplot').nth(3).waitFor();
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('refused');
    await page.getByText('malformed — no token at all').waitFor();
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('gap');
    await page.getByText('No event fits.').waitFor();
    back.cut();
  });

  it('drains the gateway and takes players in again', async () => {
    const kim = await WebPlayer.enter(gateway.http, 'Kim');
    const page = await signIn();
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'World demo' }).waitFor();
    await page.getByRole('button', { name: 'Drain…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    expect(await kim.frame('bye')).toMatchObject({ reason: 'drain', resume: true });
    await page.getByText('draining ·').waitFor();
    await page.getByRole('button', { name: 'Take players in again' }).click();
    await page.getByText('listening ·').waitFor();
    const back = await WebPlayer.resume(gateway.http, kim.kept);
    await back.frame('caught_up');
    back.cut();
  });

  it('keeps the credential in its tab only, and forgets it at the sign-out', async () => {
    // The browser itself notes an answer 401.
    const page = await visit({}, /401 \(Unauthorized\)/);
    await page.getByLabel('Credential').fill('not the right one at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the credential.').waitFor();
    const right = await signIn();
    await right.reload();
    await right.getByRole('navigation').waitFor();
    expect(right.url()).not.toContain(credential);
    expect(await right.evaluate('JSON.stringify({ ...localStorage }) + document.cookie')).not.toContain(
      credential,
    );
    await right.getByRole('button', { name: 'Sign out' }).click();
    await right.getByLabel('Credential').waitFor();
    expect(await right.evaluate('sessionStorage.length')).toBe(0);
  });

  it('is used by keyboard alone', async () => {
    const zoe = await WebPlayer.enter(gateway.http, 'Zoe');
    const page = await visit();
    await page.keyboard.type(credential);
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('zoe');
    await page.getByText(/^1 of /).waitFor();
    await page.getByRole('link', { name: 'zoe' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^playing for /).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'hidden' });
    zoe.cut();
  });

  const AXE = readFileSync(repositoryPath('node_modules/axe-core/axe.min.js'), 'utf8');

  it.each([
    { colorScheme: 'light', name: 'Una' },
    { colorScheme: 'dark', name: 'Mab' },
  ] as const)('has no barrier that axe knows, in the $colorScheme', async ({ colorScheme, name }) => {
    const una = await WebPlayer.enter(gateway.http, name);
    const desk = await signIn({ colorScheme, bypassCSP: true });
    const found: unknown[] = [];
    const check = async (page: Page, where: string): Promise<void> => {
      await page.evaluate(AXE);
      const violations: { id: string; nodes: { html: string }[] }[] = await page.evaluate(
        'axe.run().then(({ violations }) => violations)',
      );
      found.push(...violations.map(({ id, nodes }) => [where, id, ...nodes.map(({ html }) => html)]));
    };
    for (const view of ['Sessions', 'Reconnections', 'Events', 'Health']) {
      await desk.getByRole('link', { name: view }).click();
      await desk.locator(`#${view.toLowerCase()}`).waitFor();
      await check(desk, view);
    }
    await desk.goto(`http://127.0.0.1:${gateway.operator}/#/sessions/${una.framesOf('welcome')[0]?.session}`);
    await desk.getByText(/^playing for /).waitFor();
    await check(desk, 'a session');
    await desk.getByRole('button', { name: 'Close session' }).click();
    await check(desk, 'a question');
    const door = await visit({ colorScheme, bypassCSP: true });
    await door.getByLabel('Credential').waitFor();
    await check(door, 'the sign-in');
    expect(found).toEqual([]);
    una.cut();
  });
});
