// What the embedded store does in a second, beside the least that a durable store could do: one file that is only
// appended to, with all sessions in memory. Both apply the same rules and sync in groups.
//
//   npm run build && node bench/store.mjs [--sessions 100000] [--redeems 50000] [--appends 50000] [--folder <dir>]
import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_LIMITS, newSession, transition } from '../dist/core/index.js';
import { openEmbeddedStore } from '../dist/stores/index.js';

const WINDOW_MS = 86_400_000;
/** Attached when the process died, to be detached at the next start. */
const ATTACHED = 1000;
const WATCHED = 1024;

const clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(() => run(), ms);
    return () => clearTimeout(timer);
  },
};

/** The yardstick: a file of lines, and a map. */
class AppendOnlyLog {
  #file;
  #sessions = new Map();
  #hashes = new Map();
  #lines = [];
  #waiting = [];
  #isWriting = false;

  async open(path) {
    this.#file = await open(path, 'a');
    return this;
  }

  async create(session) {
    this.#sessions.set(session.id, { session, commands: [], output: [] });
    await this.#append([session]);
  }

  findByHash(hash) {
    return this.#hashes.get(hash);
  }

  async apply(id, operation) {
    const stored = this.#sessions.get(id);
    const change = transition(stored, operation, Date.now(), DEFAULT_LIMITS);
    const commands = change.commands ?? [];
    this.#sessions.set(id, {
      ...stored,
      session: change.session,
      commands: [...stored.commands, ...commands],
    });
    for (const hash of change.addedHashes ?? []) this.#hashes.set(hash, id);
    for (const hash of change.forgottenHashes ?? []) this.#hashes.delete(hash);
    await this.#append([change.session, ...commands]);
    return change.outcome;
  }

  watch() {
    return () => undefined;
  }

  close() {
    return this.#file.close();
  }

  #append(rows) {
    for (const each of rows) this.#lines.push(JSON.stringify(each));
    const written = new Promise((resolve) => this.#waiting.push(resolve));
    if (!this.#isWriting) void this.#write();
    return written;
  }

  async #write() {
    this.#isWriting = true;
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const lines = this.#lines.splice(0);
      const waiting = this.#waiting.splice(0);
      await this.#file.write(`${lines.join('\n')}\n`);
      await this.#file.datasync();
      for (const resolve of waiting) resolve();
    }
    this.#isWriting = false;
  }
}

function name() {
  return randomBytes(32).toString('hex');
}

/** Calls `work` `count` times, `inFlight` at a time, and measures. */
async function measured(count, inFlight, work) {
  const latencies = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const worker = async () => {
    while (next < count) {
      const n = next;
      next += 1;
      const asked = performance.now();
      await work(n);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (count / ms) * 1000,
    cpuUs: (user + system) / count,
    p50: latencies[Math.floor(count * 0.5)],
    p99: latencies[Math.floor(count * 0.99)],
  };
}

/** Sessions at rest with a token each; the first are attached. */
async function populate(store, count) {
  const sessions = Array.from({ length: count }, () => ({ id: randomUUID(), hash: name(), generation: 1 }));
  const result = await measured(count, 2048, async (n) => {
    const { id, hash } = sessions[n];
    const session = newSession(id, 'world', WINDOW_MS, Date.now(), n < ATTACHED);
    await store.create({ ...session, stage: 'playing' });
    await store.apply(id, { kind: 'issue', chain: name().slice(0, 16), hash });
  });
  return { sessions, result };
}

async function redeem(store, session) {
  const id = await store.findByHash(session.hash);
  const candidate = { hash: name(), sealed: 'x'.repeat(80), generation: session.generation + 1 };
  const attach = { kind: 'attach', hash: session.hash, wish: 'run', confirms: false, connected: false };
  const { kind } = await store.apply(id, { ...attach, candidate });
  if (kind !== 'attached') throw new Error(kind);
  session.hash = candidate.hash;
  session.generation = candidate.generation;
}

async function append(store, { id }) {
  const commands = [{ kind: 'text', text: 'say What is this command doing here?' }];
  const { kind } = await store.apply(id, { kind: 'append', commands });
  if (kind !== 'accepted') throw new Error(kind);
}

async function bench(store, options) {
  const { sessions, result: created } = await populate(store, options.sessions);
  // Spread over all sessions, and none twice at a time.
  const stride = Math.max(1, Math.floor(sessions.length / options.redeems));
  const pick = (n) => sessions[(n * stride) % sessions.length];
  const result = { created };
  for (const inFlight of [64, 1024]) {
    result[`redeem ${inFlight}`] = await measured(options.redeems, inFlight, (n) => redeem(store, pick(n)));
  }
  const played = sessions.slice(-WATCHED);
  const cancels = played.map(({ id }) => store.watch(id, () => undefined));
  for (const inFlight of [64, 1024]) {
    const work = (n) => append(store, played[n % WATCHED]);
    result[`append ${inFlight}`] = await measured(options.appends, inFlight, work);
  }
  for (const cancel of cancels) cancel();
  return result;
}

async function folderBytes(folder) {
  const sizes = (await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Opens the folder in a process of its own, so that its memory is only the store's. */
function openElsewhere(folder) {
  return new Promise((resolve, reject) => {
    fork(import.meta.filename, ['--open', folder])
      .once('message', resolve)
      .once('error', reject);
  });
}

async function openHere(folder) {
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const store = await openEmbeddedStore(folder, { clock });
  const openMs = performance.now() - began;
  process.send({ openMs, rssBytes: process.memoryUsage().rss - before });
  await store.close();
}

function row(title, numbers) {
  console.log(`| ${title} | ${numbers.join(' | ')} |`);
}

function report(embedded, yardstick) {
  row('', ['embedded', 'append-only', 'ratio']);
  row('---', ['---:', '---:', '---:']);
  const compare = (title, of, digits = 0) => {
    const [one, other] = [of(embedded), of(yardstick)];
    row(title, [one.toFixed(digits), other.toFixed(digits), (one / other).toFixed(2)]);
  };
  compare('new sessions a second, 2,048 in flight', ({ created }) => created.perSecond);
  for (const inFlight of [64, 1024]) {
    const at = `${inFlight.toLocaleString('en')} in flight`;
    compare(`redeems a second, ${at}`, (of) => of[`redeem ${inFlight}`].perSecond);
    compare(`redeem p99 ms, ${at}`, (of) => of[`redeem ${inFlight}`].p99, 2);
    compare(`redeem CPU µs, ${at}`, (of) => of[`redeem ${inFlight}`].cpuUs, 1);
  }
  for (const inFlight of [64, 1024]) {
    const at = `${inFlight.toLocaleString('en')} in flight`;
    compare(`commands queued a second, ${at}`, (of) => of[`append ${inFlight}`].perSecond);
  }
}

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '100000' },
    redeems: { type: 'string', default: '50000' },
    appends: { type: 'string', default: '50000' },
    folder: { type: 'string', default: tmpdir() },
    open: { type: 'string' },
  },
});

if (values.open) await openHere(values.open);
else {
  const options = {
    sessions: Math.max(WATCHED * 2, Number(values.sessions)),
    redeems: Number(values.redeems),
    appends: Math.min(Number(values.appends), WATCHED * (DEFAULT_LIMITS.queueCommands / 2)),
  };
  const folder = await mkdtemp(join(values.folder, 'holdfast-bench-'));
  try {
    const data = join(folder, 'data');
    const store = await openEmbeddedStore(data, { clock });
    const embedded = await bench(store, options);
    await store.close();
    const log = await new AppendOnlyLog().open(join(folder, 'log'));
    const yardstick = await bench(log, options);
    await log.close();
    console.log(`${options.sessions.toLocaleString('en')} sessions, Node ${process.version}\n`);
    report(embedded, yardstick);
    for (const title of ['the first start', 'the next start']) {
      const { openMs, rssBytes } = await openElsewhere(data);
      console.log(`\n${title}: ${openMs.toFixed(0)} ms, ${(rssBytes / 1e6).toFixed(0)} MB of memory`);
    }
    console.log(`\non disk: ${((await folderBytes(data)) / 1e6).toFixed(0)} MB`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
