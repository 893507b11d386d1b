// What a line to a game and its answer cost a gateway's processor, beside a proxy that only passes bytes on.
// `npm run bench:echo`, or one load: `npm run bench:echo -- --players 100 --period 0 --seconds 3 --rounds 5`;
// docs/performance.md says what it means.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { enter, play } from './echo-players.mjs';
import { load, printMachine } from './support/machine.mjs';
import { median, printTable, span } from './support/statistics.mjs';

const { values } = parseArgs({
  options: {
    players: { type: 'string' },
    period: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '7' },
  },
});
const seconds = Number(values.seconds);
const roundCount = Number(values.rounds);
const LOADS =
  values.players === undefined
    ? [
        { players: 100, periodMs: 0 },
        { players: 1, periodMs: 0 },
        { players: 1000, periodMs: 0 },
        { players: 1000, periodMs: 2000 },
      ]
    : [{ players: Number(values.players), periodMs: Number(values.period) }];

/** What goes on after the last line (a write that may wait) belongs to the round, too, in ms. */
const AFTERMATH_MS = 500;

const program = (path) => fileURLToPath(new URL(path, import.meta.url));
const CPU_USAGE = new URL('support/cpu-usage.mjs', import.meta.url).href;

/** A server in a process of its own, which tells its processor time. */
class Side {
  #process;

  static async start(path, args, port) {
    const side = new Side();
    const execArgv = ['--import', CPU_USAGE, ...process.execArgv];
    side.#process = fork(program(path), args, { execArgv, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    let said = '';
    for await (const text of side.#process.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      said += text;
      side.port = Number(port.exec(said)?.[1]);
      if (side.port > 0) break;
    }
    if (!side.port) throw new Error(`${path} did not say its port: ${said}`);
    side.#process.stdout.resume();
    return side;
  }

  /** User and kernel, all threads, in µs. */
  async cpu() {
    this.#process.send('cpu');
    const [usage] = await once(this.#process, 'message');
    return usage;
  }

  async close() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}

async function round(side, players, periodMs) {
  const before = await side.cpu();
  const { waits, elapsedMs } = await play(players, { seconds, periodMs });
  await passed(AFTERMATH_MS);
  const after = await side.cpu();
  const lines = waits.length;
  const kernel = after.system - before.system;
  return {
    micros: (after.user - before.user + kernel) / lines,
    kernelMicros: kernel / lines,
    linesPerSecond: (lines / elapsedMs) * 1000,
    waitMillis: median(waits),
  };
}

/** The sides take turns, so that what disturbs the machine for longer disturbs both. */
async function compare(sides, { players: count, periodMs }) {
  const players = {};
  const results = { net: [], gateway: [] };
  for (const [name, side] of Object.entries(sides)) players[name] = await enter(side.port, count);
  for (let number = 0; number <= roundCount; number += 1) {
    for (const [name, side] of Object.entries(sides)) {
      const result = await round(side, players[name], periodMs);
      // The first one is not counted.
      if (number > 0) results[name].push(result);
      process.stderr.write(`${count} players, round ${number}, ${name}: ${result.micros.toFixed(1)} µs\n`);
    }
  }
  for (const player of Object.values(players).flat()) player.leave();
  await passed(AFTERMATH_MS);
  return results;
}

/** The median of one of the numbers of all rounds. */
function of(results, name, digits) {
  return Number(median(results.map((result) => result[name])).toFixed(digits)).toLocaleString('en');
}

function row({ players, periodMs }, { net, gateway }) {
  const ratios = gateway.map(({ micros }, i) => micros / net[i].micros);
  return [
    `${players.toLocaleString('en')}${periodMs > 0 ? `, a line each ${periodMs / 1000} s` : ''}`,
    of(net, 'micros', 1),
    of(gateway, 'micros', 1),
    of(gateway, 'kernelMicros', 1),
    span(ratios, 2),
    of(net, 'linesPerSecond', 0),
    of(gateway, 'linesPerSecond', 0),
    of(net, 'waitMillis', 2),
    of(gateway, 'waitMillis', 2),
  ];
}

printMachine();
console.log(`${seconds} s a round, ${roundCount} rounds after one that is not counted.\n`);

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const game = await Side.start('echo-server.mjs', ['game'], /^(\d+)/);
const sides = {
  net: await Side.start('echo-server.mjs', ['net', String(game.port)], /^(\d+)/),
  gateway: await Side.start(
    '../dist/cli/main.js',
    ['serve', '--upstream', `127.0.0.1:${game.port}`, '--data', join(folder, 'store')].concat([
      '--telnet',
      '0',
      '--http',
      'off',
      '--log-level',
      'warn',
    ]),
    /telnet \S+ (\d+)[\s\S]*Stop with/,
  ),
};
const rows = [];
for (const shape of LOADS) rows.push(row(shape, await compare(sides, shape)));
printTable(
  [
    'players',
    '`net` µs',
    'gateway µs',
    'of it kernel',
    'times `net`',
    '`net` lines/s',
    'gateway lines/s',
  ].concat(['`net` wait ms', 'gateway wait ms']),
  rows,
);
console.log(`\nMedians, in parentheses lowest and highest round. Load at the end: ${load()}.`);
for (const side of [...Object.values(sides), game]) await side.close();
rmSync(folder, { recursive: true, force: true });
