import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { certificate } from './support/certificate.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { Changes } from './support/until.ts';

// Ports as an operator sets them up: in TLS, and behind a proxy.

/** The proxy that is trusted, and some other machine: both are this one. */
const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';

let folder: ReturnType<typeof temporaryFolder>;
let gateway: GatewayProcess;
const open: { destroy(): void }[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const each of open.splice(0)) each.destroy();
  await gateway.kill();
  folder.remove();
});

/** Somebody at the other end of a connection, who reads what comes. */
class Caller {
  readonly socket: Socket;
  readonly #changes = new Changes();
  #text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    open.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#changes.changed();
    });
  }

  say(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  async sees(pattern: RegExp): Promise<string> {
    const found = await this.#changes.until(String(pattern), () => pattern.exec(this.#text) ?? undefined);
    return found[1] ?? found[0];
  }
}

function call(from: string): Caller {
  return new Caller(connect({ port: gateway.telnet, host: '127.0.0.1', localAddress: from }));
}

async function callTls(): Promise<Caller> {
  const socket = connectTls({ port: gateway.telnetTls, host: '127.0.0.1', rejectUnauthorized: false });
  const caller = new Caller(socket);
  await once(socket, 'secureConnect');
  return caller;
}

/** What the gateway takes to be the address of the session's player. */
async function addressOf(account: string): Promise<unknown> {
  const credential = readFileSync(join(folder.path, 'operator-credential'), 'utf8').trim();
  const answer = await fetch(`http://127.0.0.1:${gateway.operator}/v1/sessions?q=${account}`, {
    headers: { Authorization: `Bearer ${credential}` },
  });
  const { sessions } = JSON.parse(await answer.text());
  return sessions[0]?.client?.address;
}

describe('behind a proxy', () => {
  beforeEach(async () => {
    gateway = await GatewayProcess.start(folder.path, '--operator', '0', '--trusted-proxies', PROXY);
  });

  it('a player by Telnet has the address in the header, of either version', async () => {
    const ann = call(PROXY);
    ann.say('PROXY TCP4 203.0.113.7 192.0.2.1 50000 4000\r\nAnn\r\n');
    await ann.sees(/Welcome ashore, Ann/);
    expect(await addressOf('ann')).toBe('203.0.113.7');

    const bob = call(PROXY);
    const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
    const header = Buffer.from([0x21, 0x11, 0, 12, 203, 0, 113, 8, 192, 0, 2, 1, 0xc3, 0x50, 0x0f, 0xa0]);
    bob.say(Buffer.concat([signature, header, Buffer.from('Bob\r\n')]));
    await bob.sees(/Welcome ashore, Bob/);
    expect(await addressOf('bob')).toBe('203.0.113.8');
  });

  it('a player whom the proxy does not name, and who gives an address by MNES, is not believed', async () => {
    const eve = call(PROXY);
    const environ = [255, 251, 39, 255, 250, 39, 0, 0, ...Buffer.from('IPADDRESS'), 1];
    eve.say('PROXY UNKNOWN\r\n');
    eve.say(Buffer.from([...environ, ...Buffer.from('203.0.113.7'), 255, 240]));
    eve.say('Eve\r\n');
    await eve.sees(/Welcome ashore, Eve/);
    expect(await addressOf('eve')).toBe(PROXY);
  });

  it('a listed proxy that sends no header is cut', async () => {
    const proxy = call(PROXY);
    const closed = once(proxy.socket, 'close');
    proxy.say('Ann\r\n');
    await closed;
  });

  it('nobody else is believed, by Telnet or by WebSocket', async () => {
    const eve = call(STRANGER);
    eve.say('PROXY TCP4 203.0.113.7 192.0.2.1 50000 4000\r\n');
    eve.say('Eve\r\n');
    await eve.sees(/Welcome ashore, Eve/);
    expect(await addressOf('eve')).toBe(STRANGER);
    await playByWeb('mallory', STRANGER);
    expect(await addressOf('mallory')).toBe(STRANGER);
  });

  it('a player by WebSocket has the last address in X-Forwarded-For that is no listed proxy', async () => {
    await playByWeb('cleo', PROXY);
    expect(await addressOf('cleo')).toBe('203.0.113.9');
  });
});

/** Comes in by WebSocket, over a proxy that adds to what its client said of itself. */
async function playByWeb(name: string, from: string): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.http}/play`, 'holdfast.v1', {
    localAddress: from,
    headers: { 'X-Forwarded-For': `198.51.100.1, 203.0.113.9, ${PROXY}` },
  });
  open.push({ destroy: () => socket.terminate() });
  const changes = new Changes();
  let said = '';
  socket.on('message', (data: Buffer) => {
    said += data.toString();
    changes.changed();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello' }));
  await changes.until('the login', () => said.includes('"welcome"'));
  socket.send(JSON.stringify({ type: 'command', seq: 1, text: name }));
  await changes.until('the harbour', () => said.includes('Welcome ashore'));
}

describe('in TLS', () => {
  /** The certificate that a player who connects now is shown. */
  async function shown(): Promise<string> {
    const { socket } = await callTls();
    return socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : '';
  }

  function install(name: 'first' | 'second', keyOf: 'first' | 'second' = name): void {
    copyFileSync(certificate(name).certificate, join(folder.path, 'tls.crt'));
    copyFileSync(certificate(keyOf).key, join(folder.path, 'tls.key'));
  }

  beforeEach(async () => {
    install('first');
    const files = [
      '--tls-certificate',
      join(folder.path, 'tls.crt'),
      '--tls-key',
      join(folder.path, 'tls.key'),
    ];
    gateway = await GatewayProcess.start(join(folder.path, 'data'), '--telnet-tls', '0', ...files);
  });

  it('a player by Telnet comes back with the line', async () => {
    const ann = await callTls();
    ann.say('Ann\r\n');
    const line = await ann.sees(/(reconnect h1[\w-]{54})\r\n/);
    ann.socket.destroy();
    const back = await callTls();
    back.say(`${line}\r\n`);
    await back.sees(/Welcome back\./);
  });

  it('a new certificate is shown to whoever connects, without a restart, once it goes with its key', async () => {
    const player = await callTls();
    const first = await shown();
    install('second', 'first');
    process.kill(gateway.pid, 'SIGHUP');
    await gateway.logs(/certificate/);
    expect(await shown()).toBe(first);
    install('second');
    process.kill(gateway.pid, 'SIGHUP');
    await expect.poll(shown, { timeout: 10_000 }).not.toBe(first);
    player.say('Ann\r\n');
    await player.sees(/Welcome ashore, Ann/);
  });
});
