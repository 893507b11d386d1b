import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LinePlayer } from '../support/line-player.ts';
import { WebPlayer } from '../support/web-player.ts';
import { Harbour } from './harbour.ts';
import { hello, Vandal } from './vandal.ts';

const [AYT, IAC] = [246, 255] as const;
const TEN_MEGABYTES = 10 * 1024 * 1024;
const CROWD = 1000;

let harbour: Harbour;

beforeAll(async () => {
  harbour = await Harbour.open();
});

afterEach(() => harbour.playsOn());

afterAll(() => harbour[Symbol.asyncDispose]());

describe('a client that does not read', () => {
  it('is not read either, once very much waits for it', async () => {
    const vandal = await Vandal.send(harbour.http, hello()).opened();
    await vandal.received(1);
    vandal.socket.pause();
    const ping = JSON.stringify({ type: 'ping', id: 'x'.repeat(64) });
    for (let sent = 0; sent < 200_000; sent += 1) vandal.socket.send(ping);
    await harbour.playsOn();
    // What the gateway does not take stays here.
    expect(vandal.socket.bufferedAmount).toBeGreaterThan(0);
    vandal.socket.terminate();
  });

  it('is not read by Telnet either, where every two bytes of a question have seven of an answer', async () => {
    const socket = connect({ port: harbour.telnet, host: '127.0.0.1' });
    socket.on('error', () => undefined).pause();
    socket.write(Buffer.alloc(TEN_MEGABYTES, Buffer.of(IAC, AYT)));
    await harbour.playsOn();
    await harbour.playsOn();
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.destroy();
  });

  it('stops nobody else when its window is full, but for the next entry', async () => {
    const player = await WebPlayer.enter(harbour.http, 'Reader');
    for (let more = 0; more < 150; more += 1) {
      await player.accepted(player.command(`say ${'x'.repeat(900)}`));
    }
    await harbour.playsOn();
    expect(player.framesOf('output').at(-1)?.offset).toBeLessThan(300);
    player.cut();
  });
});

describe('a thousand connections that say nothing', () => {
  async function silent(port: number): Promise<Socket[]> {
    const sockets = Array.from({ length: CROWD }, () => connect({ port, host: '127.0.0.1' }));
    const connected = sockets.map(
      (socket) => new Promise((resolve) => socket.once('connect', () => resolve(undefined))),
    );
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await Promise.all(connected);
    return sockets;
  }

  it('by Telnet keep nobody out', async () => {
    const sockets = await silent(harbour.telnet);
    const late = await LinePlayer.enter(harbour.telnet, 'Late');
    late.cut();
    await harbour.playsOn();
    for (const socket of sockets) socket.destroy();
  });

  it('by HTTP keep nobody out', async () => {
    const sockets = await silent(harbour.http);
    const late = await WebPlayer.enter(harbour.http, 'Later');
    late.cut();
    await harbour.playsOn();
    for (const socket of sockets) socket.destroy();
  });

  it('by WebSocket keep nobody out, and are closed when their time is up', async () => {
    await using hasty = await Harbour.open({ helloTimeoutMs: 1500 });
    const vandals = Array.from({ length: CROWD }, () => new Vandal(hasty.http));
    await Promise.all(vandals.map((vandal) => vandal.opened()));
    const late = await WebPlayer.enter(hasty.http, 'Late');
    const answers = await Promise.all(vandals.map((vandal) => vandal.answer()));
    expect(new Set(answers)).toEqual(new Set(['4103 hello_timeout, resume']));
    late.cut();
    await hasty.playsOn();
  });
});
