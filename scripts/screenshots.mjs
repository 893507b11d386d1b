// `npm run screenshots`: plays the demo in Chromium and takes the pictures of the documents, in docs/images.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';
import { findProgram, testPrograms } from './test-programs.mjs';

const DESK = { viewport: { width: 1100, height: 720 } };
const PHONE = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 1.5,
  isMobile: true,
  hasTouch: true,
};
/** Each with the pictures that are taken of it; absent: all. */
const VARIANTS = {
  'desk-dark': { ...DESK, colorScheme: 'dark' },
  'phone-light': { ...PHONE, colorScheme: 'light' },
  'desk-light': { ...DESK, colorScheme: 'light', only: ['back'] },
  'phone-dark': { ...PHONE, colorScheme: 'dark', only: ['back'] },
};
/** What happens while Ada is away, with the pauses between, in ms. */
const MEANWHILE = ['Is she gone?', 'Her line went slack. Give her a moment.'];

prepare();
const { chromium } = await import('playwright-core');
const { startFaultyLink } = await import('../dist/testing/index.js');
const executablePath = findProgram(testPrograms.find(({ debian }) => debian === 'chromium'));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const [variant, options] of Object.entries(VARIANTS)) await playAndShoot(variant, options);
} finally {
  await browser.close();
}

/** One evening in the harbour: Ada plays, loses her line, comes back, goes on elsewhere; the gateway dies and returns. */
async function playAndShoot(variant, { only, ...options }) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'));
  let gateway = await startGateway(folder);
  const link = await startFaultyLink(gateway.port);
  const context = await browser.newContext(options);
  try {
    const ada = await visit(await context.newPage(), link.port, 'Ada');
    const bo = await visit(await (await browser.newContext()).newPage(), gateway.port, 'Bo');
    const shoot = async (name, page = ada) => {
      if (only && !only.includes(name)) return;
      await page.evaluate('document.fonts.ready');
      await page.screenshot({
        path: join(root, `docs/images/terminal-${name}-${variant}.png`),
        animations: 'disabled',
      });
    };

    await type(ada, 'say Evening, Bo. Still raining?', 'Evening');
    await type(bo, 'say Since noon. Mind the third step.', 'noon');
    await sees(ada, 'Mind the');
    await type(ada, 'inventory', 'carry');
    await shoot('playing');

    await type(ada, 'count 4', 'You begin to count');
    await type(ada, 'fish', 'You cast a line');
    await type(ada, 'say Anything biting?');
    await type(ada, 'west');
    await pause(600);
    await link.refuse();
    await pause(2500);
    for (const line of MEANWHILE) await type(bo, `say ${line}`, line.slice(0, 12));
    await type(ada, 'look');
    await status(ada, /in [2-9] s/);
    await shoot('lost');
    await pause(3000);
    await link.heal();
    await press(ada, 'Try now');
    await ada.locator('#held').waitFor();
    await sees(ada, 'You stir again');
    await pause(300);
    await shoot('back');
    await ada.getByLabel('west').uncheck();
    await press(ada, 'Run 1 command');
    await sees(ada, 'was skipped');

    await ada.locator('#menu-button').click();
    await ada.locator('#menu-link').click();
    await ada.getByRole('button', { name: 'Copy' }).and(ada.locator(':enabled')).waitFor();
    await pause(300);
    await shoot('another-device');
    await press(ada, 'Done');

    const opened = context.waitForEvent('page');
    await ada.evaluate('void window.open(location.href)');
    const second = await opened;
    await status(second, 'another tab');
    await shoot('two-tabs', second);
    await second.close();

    gateway.child.kill('SIGKILL');
    await once(gateway.child, 'exit');
    await status(ada, 'Reconnecting');
    gateway = await startGateway(folder);
    link.leadTo(gateway.port);
    await status(ada, 'Connected');
    await sees(ada, 'gateway was restarted');
    await pause(500);
    await shoot('restarted');
  } finally {
    await context.close();
    await link.close();
    gateway.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startGateway(folder) {
  const main = join(root, 'dist/cli/main.js');
  const args = [main, 'serve', '--data', folder, '--telnet', 'off', '--http', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    const port = /http:\/\/\S+:(\d+)\//.exec(said)?.[1];
    if (port !== undefined && said.includes('Stop with')) return { child, port: Number(port) };
  }
  throw new Error(`the gateway ended: ${said}`);
}

async function visit(page, port, name) {
  await page.goto(`http://127.0.0.1:${port}/`);
  await sees(page, 'By what name are you known?');
  await type(page, name, 'Welcome ashore');
  return page;
}

/** Types a line, and waits for what it answers. */
async function type(page, line, answer) {
  await page.locator('#line').fill(line);
  await page.locator('#line').press('Enter');
  if (answer !== undefined) await sees(page, answer);
}

function sees(page, text) {
  return page
    .locator('.line.text:not(.prompt), .line.note, .line.gap, .line.prompt', { hasText: text })
    .last()
    .waitFor({ state: 'attached' });
}

function status(page, text) {
  return page.locator('#status-text', { hasText: text }).waitFor();
}

function press(page, name) {
  return page.getByRole('button', { name }).click();
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
