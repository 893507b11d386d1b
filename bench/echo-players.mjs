// The players of `echo.mjs`: each says a line, waits until the game has said it again, and says the next one.
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as passed } from 'node:timers/promises';

/** Until here a gateway may say things of its own: a token, that the player is in. */
const LINES_BEFORE = 4;
const SETTLE_MS = 1500;

/** Telnet's own questions and signs of life, between the lines: they stay unanswered. */
const TELNET = /\xff[\xfb-\xfe][^]|\xff[\xf1-\xf9]/g;

class Player {
  #socket;
  #received = '';
  #heard = () => {};
  #failed = () => {};
  #said = 0;

  constructor(socket, number) {
    this.#socket = socket;
    this.number = number;
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.#received += text.replace(TELNET, '');
      this.#heard();
    });
    socket.on('close', () => this.#failed(new Error('a connection was closed')));
  }

  static async connect(port, number) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Player(socket, number);
  }

  /** Resolves when the line has come back; rejects where something else came, unless it is early. */
  say(isEarly = false) {
    this.#said += 1;
    const line = `say Player ${this.number} was here ${this.#said} times.\r\n`;
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      this.#heard = () => {
        const received = this.#received;
        if (received.length < line.length) return;
        if (received === line || (isEarly && received.includes(line))) {
          this.#received = '';
          resolve();
        } else if (!isEarly) {
          reject(new Error(`said ${JSON.stringify(line)}, heard ${JSON.stringify(received)}`));
        }
      };
      this.#socket.write(line);
    });
  }

  /** What a gateway still had to say is over. */
  settle() {
    this.#received = '';
  }

  leave() {
    this.#failed = () => {};
    this.#socket.destroy();
  }
}

/** So many players, who are in the game. */
export async function enter(port, count) {
  const players = [];
  for (let number = 1; number <= count; number += 1) players.push(await Player.connect(port, number));
  for (let line = 1; line <= LINES_BEFORE; line += 1) {
    await Promise.all(players.map((player) => player.say(true)));
  }
  await passed(SETTLE_MS);
  for (const player of players) player.settle();
  return players;
}

/**
 * All play for so long: each says the next line when the last one has come back, or with a period, where there is one,
 * at that pace. Resolves with how long players waited for each of the lines, and how long all took, in ms.
 */
export async function play(players, { seconds, periodMs }) {
  const start = performance.now();
  const end = start + seconds * 1000;
  const waits = [];
  const one = async (player) => {
    for (let next = start + Math.random() * periodMs; ; next += periodMs) {
      if (periodMs > 0) await passed(Math.max(0, Math.min(next, end) - performance.now()));
      const from = performance.now();
      if (from >= end) return;
      await player.say();
      waits.push(performance.now() - from);
    }
  };
  await Promise.all(players.map(one));
  return { waits, elapsedMs: performance.now() - start };
}
