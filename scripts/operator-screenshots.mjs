// `npm run screenshots:operator`: a harbour full of players whose lines are bad, and the pictures of the operator's page in
// docs/images. The gateway's clock is in a hurry, so that a minute of play fills half an hour of the charts.
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';
import { findProgram, testPrograms } from './test-programs.mjs';

/** So many seconds pass on the gateway in one second of ours. */
const HURRY = 40;
const PLAY_MS = 50_000;
const CREDENTIAL = 'a-credential-for-pictures';
const DESK = { viewport: { width: 1240, height: 760 }, deviceScaleFactor: 1.5 };
const PHONE = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 1.5,
  isMobile: true,
  hasTouch: true,
};
const SAILORS = ['Ada', 'Bram', 'Cleo', 'Dunstan', 'Edda', 'Finn', 'Greta', 'Hale', 'Isolde'];
const BY_TELNET = ['Joss', 'Kester', 'Lowri'];

prepare();
const { chromium } = await import('playwright-core');
const { WebSocket } = await import('ws');
const { connect: connectSocket } = await import('node:net');
const { connect, memoryStorage } = await import('../dist/client/index.js');
const { createGateway } = await import('../dist/gateway/index.js');
const { Operator } = await import('../dist/operator/index.js');
const { memoryStore } = await import('../dist/stores/index.js');
const { startFaultyLink } = await import('../dist/testing/index.js');
const { telnet, websocket } = await import('../dist/transports/index.js');
const { demoWorld } = await import('../dist/worlds/index.js');

const startedAt = Date.now();
const clock = {
  now: () => Math.floor(startedAt + (Date.now() - startedAt) * HURRY),
  after: (ms, run) => {
    const timer = setTimeout(() => run(), ms / HURRY);
    return () => clearTimeout(timer);
  },
};
const operator = new Operator({ credential: CREDENTIAL, port: 0, version: '0.1.0', clock });
const gateway = createGateway({
  clock,
  tokenTtlSeconds: 7200,
  helloTimeoutMs: 600_000,
  store: memoryStore({ clock }),
  world: demoWorld({ clock }),
  transports: [websocket({ port: 0 }), telnet({ port: 0, clock })],
  onEvent: operator.onEvent,
});
const [web, line] = await gateway.listen();
const { port } = await operator.listen(gateway);

await play();
const executablePath = findProgram(testPrograms.find(({ debian }) => debian === 'chromium'));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const desk = await signIn({ ...DESK, colorScheme: 'light' });
await desk.getByRole('link', { name: 'cleo' }).click();
await desk.getByText(/^away for /).waitFor();
await shoot(desk, 'sessions');
const dark = await signIn({ ...DESK, colorScheme: 'dark' });
await view(dark, 'Reconnections');
await shoot(dark, 'reconnections-dark');
await view(dark, 'Events');
await shoot(dark, 'events-dark');
await view(dark, 'Health');
await shoot(dark, 'health-dark');
const phone = await signIn({ ...PHONE, colorScheme: 'light' });
await shoot(phone, 'sessions-phone');
await phone.getByRole('link', { name: 'cleo' }).click();
await phone.getByText(/^away for /).waitFor();
await shoot(phone, 'session-phone');
const darkPhone = await signIn({ ...PHONE, colorScheme: 'dark' });
await view(darkPhone, 'Reconnections');
await shoot(darkPhone, 'reconnections-phone-dark');
await browser.close();
process.exit();

/** Players come and talk; their lines are cut, or another device of theirs comes; some stay away. */
async function play() {
  const players = [];
  for (const name of SAILORS) players.push(await sailor(name));
  const lines = BY_TELNET.map((name) => {
    const socket = connectSocket(line.port, '127.0.0.1');
    socket.on('data', () => undefined).write(`${name}\r\n`);
    return socket;
  });
  for (let turn = 0; Date.now() < startedAt + PLAY_MS; turn += 1) {
    const player = players[turn % players.length];
    lines[turn % lines.length].write(`say Turn ${turn}, and all is well.\r\n`);
    void player.session.send(`say Number ${turn} here.`).catch(() => undefined);
    if (turn % 13 === 7) stranger();
    if (turn % 4 === 2) player.link.cut();
    if (turn % 9 === 4) await moveOn(player);
    await pause(100 + ((turn * 37) % 350));
  }
  for (const { session, name } of players) if (name === 'Cleo' || name === 'Greta') await session.close();
  for (let n = 0; n < 40; n += 1) {
    lines[n % lines.length].write(`say And then there was line ${n}, which nobody heard.\r\n`);
    await pause(20);
  }
  await pause(1500);
}

async function sailor(name) {
  const made = await device();
  await made.session.send(name);
  return { name, ...made };
}

/** A client of the game, over a line that can be cut. */
async function device(options = {}) {
  const link = await startFaultyLink(web.port);
  const session = connect(`ws://127.0.0.1:${link.port}/play`, {
    ...options,
    WebSocket,
    tokenStorage: memoryStorage(),
    client: { name: 'harbour', version: '2.1' },
  });
  return { link, session };
}

/** Somebody shows what is no token. */
function stranger() {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/play`, 'holdfast.v1');
  socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', resume: { token: 'garbage' } })));
  socket.on('error', () => undefined);
}

/** The player goes on on another device, while the first one is still there. */
async function moveOn(player) {
  const token = await Promise.race([player.session.link(), pause(500)]).catch(() => undefined);
  if (token === undefined) return;
  const next = await device({ token });
  next.session.on('resumed', () => Object.assign(player, next));
}

async function signIn(options) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByLabel('Credential').fill(CREDENTIAL);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'cleo' }).waitFor();
  return page;
}

async function view(page, name) {
  await page.getByRole('link', { name, exact: true }).click();
  await pause(1500);
}

async function shoot(page, name) {
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(root, `docs/images/operator-${name}.png`), animations: 'disabled' });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
