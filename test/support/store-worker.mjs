// Works on an embedded store until it is killed, or the store fails, and prints what was acknowledged, one JSON
// a line: `node store-worker.mjs <folder>`. With a number of sessions and a text length behind it, so many sessions that only
// read texts of that length are played instead, beside as many in which one command waits. It runs what `npm run build` made.
import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { newSession } from '../../dist/core/index.js';
import { openEmbeddedStore } from '../../dist/stores/index.js';

const SESSIONS = 8;
const clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(() => run(), ms);
    return () => clearTimeout(timer);
  },
};

/** Synchronous, so that what was acknowledged is out before anything else can happen. */
function report(fact) {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

function name() {
  return randomBytes(32).toString('hex');
}

async function play(store) {
  const id = randomUUID();
  const lease = (await store.acquireLease('world')).number;
  const epoch = name().slice(0, 16);
  await store.create(newSession(id, 'world', 3_600_000, Date.now(), true));
  report({ id, created: true });
  await store.apply(id, { kind: 'commit', lease, epoch, stage: 'playing' });
  let token = { hash: name(), generation: 1 };
  await store.apply(id, { kind: 'issue', chain: name().slice(0, 16), hash: token.hash, attachment: 1 });
  report({ id, hash: token.hash });
  for (let round = 1; ; round += 1) {
    const commands = [{ kind: 'text', text: `say ${round} ${'x'.repeat(round % 500)}` }];
    const { accepted } = await store.apply(id, { kind: 'append', commands });
    report({ id, accepted });
    const output = [{ kind: 'text', text: `You say ${round} ${'y'.repeat(round % 700)}` }];
    const { end } = await store.apply(id, {
      kind: 'commit',
      lease,
      epoch,
      taken: accepted,
      data: round,
      output,
    });
    report({ id, taken: accepted, end, data: round });
    if (round % 5 === 0) {
      const candidate = { hash: name(), sealed: 'seal', generation: token.generation + 1 };
      const attach = { kind: 'attach', hash: token.hash, wish: 'run', confirms: false, connected: true };
      const { session } = await store.apply(id, { ...attach, candidate });
      token = { hash: candidate.hash, generation: candidate.generation };
      report({ id, hash: token.hash, attachment: session.presence.attachment });
    }
    if (round % 50 === 0) {
      await store.apply(id, { kind: 'close', reason: 'quit' });
      report({ id, closed: true });
      return;
    }
  }
}

/** Much traffic, which nothing but its size makes rows of. */
async function flood(store, count, length) {
  const [lease, epoch] = [(await store.acquireLease('world')).number, name().slice(0, 16)];
  const open = async (number) => {
    const id = randomUUID();
    store.watch(id, () => undefined);
    await store.create(newSession(id, 'world', 3_600_000, Date.now(), false));
    await store.apply(id, { kind: 'commit', lease, epoch, stage: 'playing' });
    const commands = [{ kind: 'text', text: `say ${number}` }];
    await store.apply(id, { kind: 'append', commands });
    report({ id, accepted: 1 });
    return id;
  };
  const ids = await Promise.all(Array.from({ length: 2 * count }, (_, number) => open(number)));
  const read = async (id) => {
    for (let data = 1; ; data += 1) {
      const output = [{ kind: 'text', text: 'z'.repeat(length) }];
      const { end } = await store.apply(id, { kind: 'commit', lease, epoch, output, data });
      report({ id, end, data });
    }
  };
  await Promise.all(ids.slice(count).map(read));
}

async function playOn(store) {
  for (;;) await play(store);
}

try {
  const [folder, count, length] = process.argv.slice(2);
  const store = await openEmbeddedStore(folder, { clock });
  report({ ready: true });
  if (length !== undefined) await flood(store, Number(count), Number(length));
  await Promise.all(Array.from({ length: SESSIONS }, () => playOn(store)));
} catch (error) {
  report({ failed: error.message, passing: error.passing });
}
