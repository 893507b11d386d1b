// What a resume costs a gateway's processor, beside servers that exchange the same bytes and know no sessions.
// `npm run bench:resume -- --players 20000 --in-flight 64 --rounds 5`; docs/performance.md says what it means.
import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { each, enter, follow, resume, UPGRADE } from './resume-load.mjs';
import { load, printMachine } from './support/machine.mjs';
import { median, printTable, span } from './support/statistics.mjs';

const { values } = parseArgs({
  options: {
    players: { type: 'string', default: '20000' },
    'in-flight': { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
  },
});
const playerCount = Number(values.players);
const inFlight = Number(values['in-flight']);
const roundCount = Number(values.rounds);

const MISSED = 'The ferry comes in from the north, and two sailors carry a crate ashore.\n';

const NAMES = {
  net: 'bare `net`',
  ws: 'bare `ws`',
  memory: 'gateway, memory',
  embedded: 'gateway, embedded',
};
const SERVER = fileURLToPath(new URL('resume-server.mjs', import.meta.url));

/** A server in a process of its own, which does what it is asked, one thing after the other. */
class Side {
  #process;
  players = [];
  port = 0;

  constructor(kind) {
    this.kind = kind;
    this.#process = fork(SERVER, [kind]);
  }

  static async start(kind, sample) {
    const side = new Side(kind);
    side.port = (await side.ask('open', { sample })).port;
    return side;
  }

  get hasSessions() {
    return this.kind === 'memory' || this.kind === 'embedded';
  }

  ask(what, fields = {}) {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const died = (code) => reject(new Error(`the server ${this.kind} ended with ${code}`));
      child.once('exit', died);
      child.once('message', (answer) => {
        child.off('exit', died);
        resolve(answer);
      });
      child.send({ ask: what, ...fields });
    });
  }

  /** Everybody plays for a moment and is gone. */
  async populate() {
    await each(Array.from({ length: playerCount }), inFlight, async (_, index) => {
      this.players[index] = await enter(this.port);
    });
    await this.ask('settle', { connections: playerCount });
  }

  /** Everybody misses one entry, then comes back for it; only the latter is measured. */
  async round() {
    if (this.hasSessions) await this.ask('write', { text: MISSED });
    let sent = 0;
    let received = 0;
    let first;
    await this.ask('begin');
    const start = performance.now();
    await each(this.players, inFlight, async (player, index) => {
      const passed = await resume(this.port, player);
      if (this.hasSessions) follow(player, passed, MISSED);
      if (index === 0) first = passed;
      sent += passed.sentBytes;
      received += passed.upgraded.length + passed.answer.length;
    });
    const wallMicros = (performance.now() - start) * 1000;
    const { userMicros, systemMicros } = await this.ask('end', { connections: playerCount });
    const cpuMicros = userMicros + systemMicros;
    return {
      first,
      micros: cpuMicros / playerCount,
      systemMicros: systemMicros / playerCount,
      busy: cpuMicros / wallMicros,
      sentBytes: Math.round(sent / playerCount),
      receivedBytes: Math.round(received / playerCount),
    };
  }

  close() {
    const child = this.#process;
    return new Promise((resolve) => {
      child.once('exit', resolve);
      child.send({ ask: 'close' });
    });
  }
}

/** What the servers without sessions say and wait for: what passed between a gateway and its client. */
function sampleOf({ upgraded, answer, texts, helloBytes }) {
  return {
    upgradeBytes: UPGRADE.length,
    upgraded,
    helloBytes,
    answer: answer.toString('base64'),
    frames: texts,
  };
}

function report(results) {
  const micros = (kind) => results[kind].map((round) => round.micros);
  const times = (kind, other) =>
    span(
      micros(kind).map((value, i) => value / micros(other)[i]),
      2,
    );
  const rows = Object.keys(NAMES).map((kind) => [
    NAMES[kind],
    Math.round(1e6 / median(micros(kind))).toLocaleString('en'),
    span(micros(kind), 0),
    median(results[kind].map((round) => round.systemMicros)).toFixed(0),
    kind === 'net' ? '–' : times(kind, 'net'),
    kind === 'net' || kind === 'ws' ? '–' : times(kind, 'ws'),
    `${median(results[kind].map((round) => round.busy * 100)).toFixed(0)} %`,
    results[kind].at(-1).sentBytes,
    results[kind].at(-1).receivedBytes,
  ]);
  const head = ['server', 'resumes per CPU-second', 'CPU µs a resume', 'of it kernel'];
  head.push('times `net`', 'times `ws`', 'busy', 'bytes in', 'bytes out');
  printTable(head, rows);
}

printMachine();
console.log(
  `${playerCount} players, ${inFlight} in flight, ${roundCount} rounds after one that is not counted.\n`,
);

const sides = [await Side.start('memory'), await Side.start('embedded')];
for (const side of sides) await side.populate();
const [{ first }] = [await sides[0].round(), await sides[1].round()];
for (const kind of ['ws', 'net']) {
  const side = await Side.start(kind, sampleOf(first));
  side.players = sides[0].players.slice();
  await side.round();
  sides.unshift(side);
}

const results = Object.fromEntries(sides.map(({ kind }) => [kind, []]));
for (let round = 1; round <= roundCount; round += 1) {
  for (const side of sides) {
    const { micros, ...rest } = await side.round();
    results[side.kind].push({ micros, ...rest });
    process.stderr.write(`round ${round}, ${side.kind}: ${micros.toFixed(0)} µs\n`);
  }
}
report(results);
console.log(`\nMedians, in parentheses lowest and highest round. Load at the end: ${load()}.`);
for (const side of sides) await side.close();
