import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSession, StoreError, type Store } from '../../src/core/index.ts';
import { nodeClock } from '../../src/gateway/index.ts';
import { openEmbeddedStore } from '../../src/stores/index.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { Changes } from '../support/until.ts';
import { WebPlayer } from '../support/web-player.ts';
import { isLong, SEED, seeded } from './seeded.ts';
import { Typist } from './typist.ts';

// What disks do to a store, and what the gateway says then.

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
/** Undone at the end, last first. */
let undo: (() => void)[];

beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  undo = [];
});

afterEach(() => {
  for (const step of undo.toReversed()) step();
  folder.remove();
});

/** Runs a program of the system's. */
function run(command: string, ...args: readonly string[]): { readonly ok: boolean; readonly said: string } {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return { ok: status === 0, said: error?.message ?? stderr };
}

function mustRun(command: string, ...args: readonly string[]): void {
  const { ok, said } = run(command, ...args);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${said}`);
}

/** Why a test cannot be run here; it is part of the test's name then. */
const noMount = ((): string | undefined => {
  const place = temporaryFolder();
  const { ok, said } = run('mount', '-t', 'tmpfs', 'tmpfs', place.path);
  if (ok) mustRun('umount', place.path);
  place.remove();
  return ok ? undefined : `SKIPPED: needs root and mount(8): ${said.trim()}`;
})();
const noLimit = run('prlimit', '--version').ok ? undefined : 'SKIPPED: needs prlimit(1), of util-linux';

const changes = new Changes();

/** A player who types long lines, to fill a disk. */
function longTypist(): { typist: Typist; said: number[] } {
  const said: number[] = [];
  const typist = new Typist(
    {
      command: (n) => `say ${n} ${randomBytes(1500).toString('hex')}`,
      login(text, typed) {
        if (/Welcome ashore|You are still here/.test(text)) return 'in';
        return typed === 0 && text.includes('By what name') ? { type: 'Ada' } : undefined;
      },
      shown: (text) => said.push(...[...text.matchAll(/You say, "(\d+)/g)].map(([, n]) => Number(n))),
      carriedOut: () => said,
    },
    changes,
  );
  return { typist, said };
}

/** The gateway ends when it cannot write, and says why; what it had accepted is carried out once by the next one. */
async function expectNothingLost(fill: (gateway: GatewayProcess) => void, empty: () => void): Promise<void> {
  const { typist, said } = longTypist();
  const first = await GatewayProcess.start(data);
  fill(first);
  await typist.play(first.http);
  expect(await first.ended()).toBe(1);
  expect(first.log).toContain('the store could not write, and stops for good');
  expect(first.log).toMatch(/"level":60/);

  empty();
  const second = await GatewayProcess.start(data);
  typist.stop();
  const playing = typist.play(second.http);
  await Promise.race([playing, changes.until('all to be settled', () => typist.isSettled)]);
  await second.kill();
  await playing;
  expect(typist.accepted.length).toBeGreaterThan(10);
  expect(said).toEqual(typist.accepted);
}

describe('a disk', () => {
  it.skipIf(noMount)(`that is full ends the gateway, and loses nothing ${noMount ?? ''}`, async () => {
    mustRun('mkdir', data);
    mustRun('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', data);
    undo.push(() => mustRun('umount', '-l', data));
    await expectNothingLost(
      () => undefined,
      () => mustRun('mount', '-o', 'remount,size=64m', data),
    );
  });

  it.skipIf(noLimit)(
    `whose quota is used up ends the gateway, and loses nothing ${noLimit ?? ''}`,
    async () => {
      await expectNothingLost(
        ({ pid }) => mustRun('prlimit', '--pid', String(pid), '--fsize=600000'),
        () => undefined,
      );
    },
  );

  it.skipIf(noMount)(`that is read-only is refused by name, and left as it is ${noMount ?? ''}`, async () => {
    const gateway = await GatewayProcess.start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await gateway.kill();
    mustRun('mount', '--bind', data, data);
    undo.push(() => mustRun('umount', '-l', data));
    mustRun('mount', '-o', 'remount,ro,bind', data);
    await expectRefusal(data, `the store in ${data} cannot be opened`, /read-only/i);

    mustRun('mount', '-o', 'remount,rw,bind', data);
    const again = await GatewayProcess.start(data);
    const back = await WebPlayer.resume(again.http, ann.kept);
    await back.frame('caught_up');
    await again.kill();
  });
});

describe('the gateway refuses, in one line that names the folder,', () => {
  it('a data folder that is a file', async () => {
    writeFileSync(data, 'a file');
    await expectRefusal(data, `the store in ${data} cannot be opened`);
    expect(readFileSync(data, 'utf8')).toBe('a file');
  });

  it('a data folder that another gateway uses, which goes on', async () => {
    const gateway = await GatewayProcess.start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await expectRefusal(data, `the store in ${data} is in use`);
    await ann.accepted(ann.command('say still here'));
    // The lock is not a file that a killed process would leave behind.
    await gateway.kill();
    const next = await GatewayProcess.start(data);
    await (await WebPlayer.resume(next.http, ann.kept)).frame('caught_up');
    await next.kill();
  });

  it('a store that is damaged, as often as it is started, and plays on when the damage is undone', async () => {
    const gateway = await GatewayProcess.start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    for (let n = 0; n < 20; n += 1) await ann.accepted(ann.command(`say ${n}`));
    await ann.sees('You say, "19"');
    await gateway.kill();
    const log = join(data, readdirSync(data).find((name) => name.endsWith('.log')) ?? '');
    const sound = readFileSync(log);
    writeFileSync(log, Buffer.from(sound).fill(0, 2000, 2512));
    for (let start = 0; start < 2; start += 1) {
      await expectRefusal(data, `the store in ${data} is damaged`, /Restore the folder from a backup/);
    }
    writeFileSync(log, sound);
    const next = await GatewayProcess.start(data);
    const back = await WebPlayer.resume(next.http, ann.kept);
    await back.accepted(back.command('say 20'));
    await back.sees('You say, "20"');
    await next.kill();
  });

  // LevelDB itself looks at no checksum of its tables.
  it('a table that changed in its middle', async () => {
    const gateway = await GatewayProcess.start(data);
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    for (let n = 0; n < 50; n += 1) await ann.accepted(ann.command(`say ${randomBytes(50).toString('hex')}`));
    await gateway.stop();
    // What was in the log is in a table after the next start.
    await (await GatewayProcess.start(data)).stop();
    const table = join(data, readdirSync(data).find((name) => name.endsWith('.ldb')) ?? '');
    const sound = readFileSync(table);
    for (const part of [0.2, 0.5, 0.8]) {
      const at = Math.floor(sound.length * part);
      writeFileSync(table, Buffer.from(sound).fill(0, at, at + 512));
      await expectRefusal(data, `the store in ${data} is damaged`);
    }
  });
});

async function expectRefusal(path: string, ...said: readonly (string | RegExp)[]): Promise<void> {
  const refusal = await GatewayProcess.refuses('--data', path, '--telnet', '0', '--http', '0');
  expect(refusal.code).toBe(1);
  expect(refusal.said.trim().split('\n')).toHaveLength(1);
  for (const words of said) expect(refusal.said).toMatch(words);
}

/** What was acknowledged of one session. */
interface Fact {
  readonly id: string;
  readonly hash: string;
}

const TRIALS = isLong ? 3000 : 150;
const TIMEOUT_MS = isLong ? 600_000 : 60_000;

describe(`a store with one damaged file, of ${TRIALS} ways (HOLDFAST_TEST_SEED=${SEED})`, () => {
  it(
    'is refused, says what is not whole, has all, or is as it was before',
    { timeout: TIMEOUT_MS },
    async () => {
      const facts = await makeStore();
      const random = seeded(SEED);
      const outcomes: Record<string, number> = {};
      for (let trial = 0; trial < TRIALS; trial += 1) {
        const copy = join(folder.path, 'copy');
        cpSync(data, copy, { recursive: true });
        const damage = damageOne(copy, random);
        const outcome = await outcomeOf(copy, facts, damage);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        rmSync(copy, { recursive: true });
      }
      // Both happen, or the damage is not what it should be.
      expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['earlier', 'refused']));
    },
  );
});

/** Sessions in the tables and in the log of a store, each with a token, a command that waits, and output. */
async function makeStore(): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (let start = 0; start < 3; start += 1) {
    const store = await openEmbeddedStore(data, { clock: nodeClock });
    for (let n = 0; n < 10; n += 1) facts.push(await makeSession(store));
    await store.close();
  }
  return facts;
}

async function makeSession(store: Store): Promise<Fact> {
  const id = randomUUID();
  const hash = randomBytes(32).toString('hex');
  const { number: lease } = await store.acquireLease('world');
  const writer = { lease, epoch: randomBytes(8).toString('hex') };
  await store.create(newSession(id, 'world', 3_600_000, store.now(), false));
  await store.apply(id, { kind: 'commit', ...writer, stage: 'playing' });
  await store.apply(id, { kind: 'issue', chain: randomBytes(8).toString('hex'), hash });
  await store.apply(id, { kind: 'append', commands: ['one', 'two'].map((text) => ({ kind: 'text', text })) });
  const output = [{ kind: 'text', text: `You say ${'one '.repeat(50)}` }] as const;
  await store.apply(id, { kind: 'commit', ...writer, taken: 1, output });
  return { id, hash };
}

interface Damage {
  readonly file: string;
  readonly kind: 'flipped' | 'zeroed' | 'cut' | 'gone';
  /** It is where the last batch of a log may be: a write during which the machine died looks the same. */
  readonly isAtEnd: boolean;
}

/** No batch of these sessions is longer, in bytes. */
const BATCH_BYTES = 2048;

/** Harms one file that is data, at a place of its own. */
function damageOne(copy: string, random: () => number): Damage {
  const files = readdirSync(copy).filter((name) => /\.(log|ldb)$|^(MANIFEST|CURRENT)/.test(name));
  const file = files[Math.floor(random() * files.length)] ?? '';
  const path = join(copy, file);
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  const kinds: readonly Damage['kind'][] = file.endsWith('.ldb')
    ? ['cut', 'gone']
    : ['flipped', 'zeroed', 'cut', 'gone'];
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'gone';
  if (kind === 'flipped') bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  if (kind === 'zeroed') bytes.fill(0, at, Math.min(at + 512, bytes.length));
  if (kind === 'gone') rmSync(path);
  else if (kind === 'cut') truncateSync(path, at);
  else writeFileSync(path, bytes);
  const isAtEnd = file.endsWith('.log') && (kind === 'cut' || at + 512 > bytes.length - BATCH_BYTES);
  return { kind, file, isAtEnd };
}

async function outcomeOf(
  copy: string,
  facts: readonly Fact[],
  { kind, file, isAtEnd }: Damage,
): Promise<'refused' | 'named' | 'whole' | 'earlier'> {
  const what = `${file} ${kind}`;
  let store: Store;
  try {
    store = await openEmbeddedStore(copy, { clock: nodeClock });
  } catch (error) {
    expect(error, what).toBeInstanceOf(StoreError);
    expect(String(error), what).toContain(copy);
    return 'refused';
  }
  try {
    // Clients see it as they see a store from a backup (case 8).
    if (isAtEnd) {
      for (const { id } of facts) await store.readOutput(id, 0, { entries: 10, bytes: 10_000 });
      return 'earlier';
    }
    let named = 0;
    for (const fact of facts) named += (await isNamed(store, fact, what)) ? 1 : 0;
    return named > 0 ? 'named' : 'whole';
  } finally {
    await store.close();
  }
}

/** True where the store says that this session is damaged; else it must be all there. */
async function isNamed(store: Store, { id, hash }: Fact, what: string): Promise<boolean> {
  try {
    const session = await store.read(id);
    expect(session?.commands, `${what}: the session`).toMatchObject({ accepted: 2, taken: 1 });
    expect(await store.findByHash(hash), `${what}: its token`).toBe(id);
    const commands = await store.readCommands(id, 0);
    expect(
      commands.map(({ seq }) => seq),
      `${what}: its commands`,
    ).toEqual([2]);
    const { entries } = await store.readOutput(id, 0, { entries: 10, bytes: 10_000 });
    expect(
      entries.map(({ offset }) => offset),
      `${what}: its output`,
    ).toEqual([1]);
    return false;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    expect(error.message, what).toContain('is damaged');
    return true;
  }
}
