import { describe, expect, it } from 'vitest';
import type { ClientInfo } from '../../core/index.ts';
import { GmcpIntroduction } from './gmcp-introduction.ts';
import { TelnetClient, type GameEvent } from './telnet-client.ts';

// Written out, because a mistake in our own table would pass unseen.
const [SE, GA, SB, WILL, WONT, DO, DONT, IAC] = [240, 249, 250, 251, 252, 253, 254, 255] as const;
const [ECHO, SGA, MARK, TTYPE, EOR, NAWS, ENVIRON, CHARSET, GMCP] = [
  1, 3, 6, 24, 25, 31, 39, 42, 201,
] as const;

function newClient(
  client: ClientInfo = { transport: 'telnet', columns: 255, rows: 50, address: '::1' },
  encoding: 'utf-8' | 'latin1' = 'utf-8',
): TelnetClient {
  return new TelnetClient({ client: () => client, introduction: new GmcpIntroduction(), encoding });
}

function bytes(...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
}

function sub(option: number, ...parts: readonly (number | string)[]): Buffer {
  return bytes(IAC, SB, option, ...bytes(...parts), IAC, SE);
}

function answerOf(telnet: TelnetClient, ...parts: readonly (number | string)[]): Buffer {
  return Buffer.from(telnet.receive(bytes(...parts)).answer);
}

/** Every event, text in one piece. */
function merged(events: readonly GameEvent[]): GameEvent[] {
  const all: GameEvent[] = [];
  for (const event of events) {
    const last = all.at(-1);
    if (event.kind === 'text' && last?.kind === 'text') {
      all[all.length - 1] = { kind: 'text', text: last.text + event.text };
    } else if (event.kind !== 'text' || event.text !== '') all.push(event);
  }
  return all;
}

describe('TelnetClient', () => {
  it('tells what the game says in its order, at every split', () => {
    const stream = Buffer.concat([
      bytes('Namé? ', IAC, GA, 'Password: ', IAC, WILL, ECHO, IAC, WONT, ECHO, '\r\nHi\r\n', IAC, WILL, GMCP),
      sub(GMCP, 'Char.Vitals {"hp":10}'),
      bytes('> ', IAC, WILL, EOR, IAC, 239),
    ]);
    const expected = [
      { kind: 'text', text: 'Namé? ' },
      { kind: 'prompt' },
      { kind: 'text', text: 'Password: ' },
      { kind: 'echo', on: false },
      { kind: 'echo', on: true },
      { kind: 'text', text: '\nHi\n' },
      { kind: 'gmcp', package: 'Char.Vitals', data: { hp: 10 } },
      { kind: 'text', text: '> ' },
      { kind: 'prompt' },
    ];
    for (let at = 0; at <= stream.length; at += 1) {
      const telnet = newClient();
      const first = telnet.receive(stream.subarray(0, at));
      const second = telnet.receive(stream.subarray(at));
      expect(merged([...first.events, ...second.events])).toEqual(expected);
      expect(Buffer.concat([first.answer, second.answer])).toEqual(
        Buffer.concat([
          bytes(IAC, DO, ECHO, IAC, DONT, ECHO, IAC, DO, GMCP),
          sub(GMCP, 'Core.Hello {"client":"Holdfast","version":""}'),
          bytes(IAC, DO, EOR),
        ]),
      );
    }
  });

  it('accepts what it knows and refuses the rest, MCCP2, MSDP and BINARY among it', () => {
    expect(answerOf(newClient(), IAC, WILL, SGA, IAC, DO, SGA)).toEqual(bytes(IAC, DO, SGA, IAC, WILL, SGA));
    for (const option of [0, 34, 69, 70, 86, 91]) {
      expect(answerOf(newClient(), IAC, WILL, option, IAC, DO, option)).toEqual(
        bytes(IAC, DONT, option, IAC, WONT, option),
      );
    }
    expect(answerOf(newClient(), IAC, DO, ECHO)).toEqual(bytes(IAC, WONT, ECHO));
  });

  it('answers terminal questions at once, and begins anew after a copyover', () => {
    const telnet = newClient();
    const ask = sub(TTYPE, 1);
    const is = (name: string): Buffer => sub(TTYPE, 0, name);
    const names = [is('HOLDFAST'), is('XTERM-256COLOR'), is('MTTS 653'), is('MTTS 653')];
    const will = bytes(IAC, WILL, TTYPE);
    expect(answerOf(telnet, IAC, DO, TTYPE, ...ask, ...ask, ...ask, ...ask)).toEqual(
      Buffer.concat([will, ...names]),
    );
    expect(answerOf(telnet, IAC, DO, TTYPE, ...ask)).toEqual(Buffer.concat([will, is('HOLDFAST')]));
  });

  it('tells the window size when it is wanted and known', () => {
    const telnet = newClient();
    expect(Buffer.from(telnet.windowSize())).toEqual(bytes());
    const size = sub(NAWS, 0, IAC, IAC, 0, 50);
    expect(answerOf(telnet, IAC, DO, NAWS)).toEqual(Buffer.concat([bytes(IAC, WILL, NAWS), size]));
    expect(Buffer.from(telnet.windowSize())).toEqual(size);
    expect(answerOf(newClient({ transport: 'websocket' }), IAC, DO, NAWS)).toEqual(bytes(IAC, WILL, NAWS));
  });

  it('tells the address of the player by MNES', () => {
    const telnet = newClient();
    const ask = sub(ENVIRON, 1, 0, 'IPADDRESS');
    expect(answerOf(telnet, ...ask)).toEqual(bytes());
    expect(answerOf(telnet, IAC, DO, ENVIRON, ...ask)).toEqual(
      Buffer.concat([bytes(IAC, WILL, ENVIRON), sub(ENVIRON, 0, 0, 'IPADDRESS', 1, '::1')]),
    );
  });

  it('speaks UTF-8 or Latin-1 as CHARSET settles it', () => {
    const telnet = newClient(undefined, 'latin1');
    const ask = (names: string): Buffer => sub(CHARSET, 1, names);
    expect(Buffer.from(telnet.line('ÿ'))).toEqual(bytes(IAC, IAC, '\r\n'));
    expect(answerOf(telnet, IAC, DO, CHARSET, ...ask(';ISO-8859-1;UTF-8'))).toEqual(
      Buffer.concat([bytes(IAC, WILL, CHARSET), sub(CHARSET, 2, 'UTF-8')]),
    );
    expect(telnet.receive(bytes('é')).events).toEqual([{ kind: 'text', text: 'é' }]);
    expect(Buffer.from(telnet.line('ÿ'))).toEqual(bytes('ÿ\r\n'));
    expect(answerOf(telnet, ...ask(' latin1'))).toEqual(sub(CHARSET, 2, 'latin1'));
    expect(Buffer.from(telnet.line('ÿ'))).toEqual(bytes(IAC, IAC, '\r\n'));
    expect(answerOf(telnet, ...ask(';KOI8-R'))).toEqual(sub(CHARSET, 3));
  });

  it('sends GMCP to a game that speaks it only', () => {
    const telnet = newClient();
    const message = { package: 'Char.Skills.Get', data: { group: 'ÿ' } };
    expect(telnet.gmcp(message)).toHaveLength(0);
    answerOf(telnet, IAC, WILL, GMCP);
    expect(Buffer.from(telnet.gmcp(message))).toEqual(sub(GMCP, 'Char.Skills.Get {"group":"ÿ"}'));
    expect(Buffer.from(telnet.gmcp({ package: 'Core.Ping' }))).toEqual(sub(GMCP, 'Core.Ping'));
    answerOf(telnet, IAC, WONT, GMCP);
    expect(telnet.gmcp(message)).toHaveLength(0);
  });

  it('answers each timing mark', () => {
    expect(answerOf(newClient(), IAC, DO, MARK, IAC, DO, MARK)).toEqual(
      bytes(IAC, WILL, MARK, IAC, WILL, MARK),
    );
  });

  it('takes no harm from messages that are broken, too deep or too long', () => {
    const telnet = newClient();
    for (const payload of ['', ' ', 'Char {', 'Char {"a":', `Char ${'['.repeat(100)}`, 'x'.repeat(40_000)]) {
      expect(telnet.receive(sub(GMCP, payload)).events).toEqual([]);
    }
    for (const option of [TTYPE, NAWS, ENVIRON, CHARSET]) telnet.receive(sub(option, 1, 255, 255, 0));
    expect(telnet.receive(bytes('fine')).events).toEqual([{ kind: 'text', text: 'fine' }]);
  });
});
