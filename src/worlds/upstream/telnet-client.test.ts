import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { ClientInfo } from '../../core/index.ts';
import { ClientIntroduction } from './client-introduction.ts';
import { TelnetClient, type GameEvent } from './telnet-client.ts';

// Written out, because a mistake in our own table would pass unseen.
const [SE, GA, SB, WILL, WONT, DO, DONT, IAC] = [240, 249, 250, 251, 252, 253, 254, 255] as const;
const [ECHO, SGA, MARK, TTYPE, EOR, NAWS, ENVIRON, CHARSET, MSDP, MSSP, MCCP2, GMCP] = [
  1, 3, 6, 24, 25, 31, 39, 42, 69, 70, 86, 201,
] as const;

function newClient(
  client: ClientInfo | (() => ClientInfo) = { transport: 'telnet', columns: 255, rows: 50, address: '::1' },
  encoding: 'utf-8' | 'latin1' = 'utf-8',
  introduction = new ClientIntroduction(),
  compression = true,
  clock = new ManualClock(),
): TelnetClient {
  return new TelnetClient({
    clock,
    client: () => (typeof client === 'function' ? client() : client),
    introduction,
    encoding,
    compression,
  });
}

function bytes(...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
}

function sub(option: number, ...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat([bytes(IAC, SB, option), bytes(...parts), bytes(IAC, SE)]);
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

  it('accepts what it knows and refuses the rest, BINARY, MSP and MXP among it', () => {
    expect(answerOf(newClient(), IAC, WILL, SGA, IAC, DO, SGA)).toEqual(bytes(IAC, DO, SGA, IAC, WILL, SGA));
    for (const option of [0, 34, 87, 90, 91]) {
      expect(answerOf(newClient(), IAC, WILL, option, IAC, DO, option)).toEqual(
        bytes(IAC, DONT, option, IAC, WONT, option),
      );
    }
    for (const option of [69, 70, 86]) {
      expect(answerOf(newClient(), IAC, WILL, option, IAC, DO, option)).toEqual(
        bytes(IAC, DO, option, IAC, WONT, option),
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
    expect(Buffer.from(telnet.changes())).toEqual(bytes());
    const size = sub(NAWS, 0, IAC, IAC, 0, 50);
    expect(answerOf(telnet, IAC, DO, NAWS)).toEqual(Buffer.concat([bytes(IAC, WILL, NAWS), size]));
    expect(telnet.changes()).toHaveLength(0);
    // After a copyover it is asked again.
    expect(answerOf(telnet, IAC, DO, NAWS)).toEqual(Buffer.concat([bytes(IAC, WILL, NAWS), size]));
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

  it('speaks UTF-8, Latin-1 or another as CHARSET settles it', () => {
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
    expect(answerOf(telnet, ...ask(';ISO-8859-2'))).toEqual(sub(CHARSET, 3));
    expect(answerOf(telnet, ...ask(';ISO-8859-2;KOI8-R'))).toEqual(sub(CHARSET, 2, 'KOI8-R'));
    expect(Buffer.from(telnet.line('Я'))).toEqual(bytes(0xf1, '\r\n'));
  });

  it('sends GMCP to a game that speaks it only', () => {
    const telnet = newClient();
    const message = { package: 'Char.Skills.Get', data: { group: 'ÿ' } };
    expect(telnet.message(message)).toHaveLength(0);
    answerOf(telnet, IAC, WILL, GMCP);
    expect(Buffer.from(telnet.message(message))).toEqual(sub(GMCP, 'Char.Skills.Get {"group":"ÿ"}'));
    expect(Buffer.from(telnet.message({ package: 'Core.Ping' }))).toEqual(sub(GMCP, 'Core.Ping'));
    answerOf(telnet, IAC, WONT, GMCP);
    expect(telnet.message(message)).toHaveLength(0);
  });

  it('tells what has changed when another client is there, once, and nothing that was not asked', () => {
    let client: ClientInfo = { transport: 'telnet', name: 'MUDLET', columns: 80, rows: 50, address: '::1' };
    const telnet = newClient(() => client);
    answerOf(telnet, IAC, DO, NAWS, IAC, DO, TTYPE, ...sub(TTYPE, 1), IAC, DO, ENVIRON, ...sub(ENVIRON, 1));
    expect(telnet.changes()).toHaveLength(0);
    client = { transport: 'websocket', name: 'web', screenReader: true, address: '::2' };
    const info = sub(
      ENVIRON,
      2,
      ...bytes(0, 'CLIENT_NAME', 1, 'web', 0, 'MTTS', 1, '717', 0, 'IPADDRESS', 1, '::2'),
    );
    expect(Buffer.from(telnet.changes())).toEqual(Buffer.concat([sub(NAWS, 0, 80, 0, 24), info]));
    expect(telnet.changes()).toHaveLength(0);

    const deaf = newClient(() => client);
    client = { transport: 'telnet', columns: 1, rows: 1 };
    expect(deaf.changes()).toHaveLength(0);
  });

  it('lets a game that does not ask by MNES ask for the terminal anew', () => {
    let client: ClientInfo = { transport: 'telnet', name: 'MUDLET' };
    const telnet = newClient(() => client);
    answerOf(telnet, IAC, DO, TTYPE, ...sub(TTYPE, 1));
    client = { transport: 'telnet', name: 'TF5' };
    expect(Buffer.from(telnet.changes())).toEqual(bytes(IAC, WONT, TTYPE));
    expect(telnet.changes()).toHaveLength(0);
    expect(answerOf(telnet, IAC, DONT, TTYPE)).toEqual(bytes(IAC, WILL, TTYPE));
    expect(answerOf(telnet, IAC, DO, TTYPE, ...sub(TTYPE, 1))).toEqual(sub(TTYPE, 0, 'TF5'));
  });

  it('lets a game that never answered that ask when it begins anew', () => {
    let client: ClientInfo = { transport: 'telnet', name: 'MUDLET' };
    const telnet = newClient(() => client);
    answerOf(telnet, IAC, DO, TTYPE, ...sub(TTYPE, 1));
    client = { transport: 'telnet', name: 'TF5' };
    expect(Buffer.from(telnet.changes())).toEqual(bytes(IAC, WONT, TTYPE));
    expect(answerOf(telnet, IAC, DO, TTYPE, ...sub(TTYPE, 1))).toEqual(
      Buffer.concat([bytes(IAC, WILL, TTYPE), sub(TTYPE, 0, 'TF5')]),
    );
  });

  it('answers a game that negotiates again every hour, and one that never stops not for ever', () => {
    const clock = new ManualClock();
    const telnet = newClient(undefined, 'utf-8', undefined, true, clock);
    const will = bytes(IAC, WILL, EOR);
    for (let hour = 0; hour < 100; hour += 1) {
      expect(answerOf(telnet, ...will)).toEqual(bytes(IAC, DO, EOR));
      clock.advance(3_600_000);
    }
    const answers = Array.from({ length: 100 }, () => answerOf(telnet, ...will));
    expect(answers.filter(({ length }) => length > 0)).toHaveLength(16);
    clock.advance(59_999);
    expect(answerOf(telnet, ...will)).toHaveLength(0);
    clock.advance(1);
    expect(answerOf(telnet, ...will)).toEqual(bytes(IAC, DO, EOR));
  });

  it('talks MSDP with a game that speaks it, and says again what the client wants reported', () => {
    const introduction = new ClientIntroduction();
    const telnet = newClient(undefined, 'utf-8', introduction);
    const report = { package: 'MSDP.REPORT', data: ['HEALTH', 'ROOM'] };
    expect(telnet.message(report)).toHaveLength(0);
    introduction.note(report);
    const told = sub(MSDP, 1, 'REPORT', 2, 5, 2, 'HEALTH', 2, 'ROOM', 6);
    expect(answerOf(telnet, IAC, WILL, MSDP)).toEqual(Buffer.concat([bytes(IAC, DO, MSDP), told]));
    expect(Buffer.from(telnet.message({ package: 'MSDP.SEND', data: 'MANA' }))).toEqual(
      sub(MSDP, 1, 'SEND', 2, 'MANA'),
    );
    const said = sub(MSDP, 1, 'HEALTH', 2, '70', 1, 'ROOM', 2, 3, 1, 'NAME', 2, 'Hall', 4);
    expect(telnet.receive(said).events).toEqual([
      { kind: 'gmcp', package: 'MSDP.HEALTH', data: '70' },
      { kind: 'gmcp', package: 'MSDP.ROOM', data: { NAME: 'Hall' } },
    ]);
  });

  it('hears what the game tells of itself by MSSP', () => {
    const telnet = newClient();
    answerOf(telnet, IAC, WILL, MSSP);
    expect(telnet.receive(sub(MSSP, 1, 'NAME', 2, 'Avalon', 1, 'PORT', 2, '23', 2, '80')).events).toEqual([
      {
        kind: 'listing',
        listing: new Map([
          ['NAME', ['Avalon']],
          ['PORT', ['23', '80']],
        ]),
      },
    ]);
  });

  it('reads up to the exact byte from which on the game compresses, and begins anew after the end', () => {
    const telnet = newClient();
    const mark = sub(MCCP2);
    // Not agreed on, it means nothing.
    expect(telnet.receive(bytes(...mark, 'plain')).compressed).toBeUndefined();
    telnet.receive(bytes(IAC, WILL, MCCP2));
    const { events, compressed } = telnet.receive(bytes('text', ...mark, 0x78, 0x9c, IAC, GA));
    expect(events).toEqual([{ kind: 'text', text: 'text' }]);
    expect(compressed).toEqual(bytes(0x78, 0x9c, IAC, GA));
    // Also where none of it has come yet.
    const patient = newClient();
    patient.receive(bytes(IAC, WILL, MCCP2));
    expect(patient.receive(bytes('text', ...mark)).compressed).toEqual(bytes());
    // What it inflates to may say so, too.
    expect(telnet.receive(bytes('in', ...mark, 'side')).compressed).toBeUndefined();
    telnet.compressionEnded();
    expect(answerOf(telnet, IAC, WILL, MCCP2)).toEqual(bytes(IAC, DO, MCCP2));
    expect(telnet.receive(bytes(...mark, 1)).compressed).toEqual(bytes(1));
    expect(answerOf(newClient(undefined, 'utf-8', undefined, false), IAC, WILL, MCCP2)).toEqual(
      bytes(IAC, DONT, MCCP2),
    );
  });

  it('answers each timing mark', () => {
    expect(answerOf(newClient(), IAC, DO, MARK, IAC, DO, MARK)).toEqual(
      bytes(IAC, WILL, MARK, IAC, WILL, MARK),
    );
  });

  it('hears messages of up to 256 KiB, in pieces too', () => {
    const telnet = newClient();
    const map = 'x'.repeat(262_144 - 'Room.Map ""'.length);
    const message = sub(GMCP, `Room.Map "${map}"`);
    const expected = [{ kind: 'gmcp', package: 'Room.Map', data: map }];
    expect(telnet.receive(message).events).toEqual(expected);
    telnet.receive(message.subarray(0, 200_000));
    expect(telnet.receive(message.subarray(200_000)).events).toEqual(expected);
    expect(telnet.receive(sub(MSDP, 1, 'MAP', 2, map)).events).toEqual([
      { kind: 'gmcp', package: 'MSDP.MAP', data: map },
    ]);
  });

  it.each<[string, number, string]>([
    ['a message has no name', GMCP, ''],
    ['a message has no name', GMCP, ' '],
    ['Char has data that is not JSON', GMCP, 'Char {"a":'],
    ['Client.GUI has data that is not JSON', GMCP, 'Client.GUI 1\nhttp://example.org/secret'],
    ['Char has data that is nested too deep', GMCP, `Char ${'['.repeat(100)}`],
    ['a message is over 262144 bytes', GMCP, `Room.Map "${'x'.repeat(262_144)}"`],
    ['a message is over 262144 bytes', MSDP, 'x'.repeat(262_145)],
    ['a message is cut short, or nested too deep', MSDP, 'no variable'],
  ])('tells that %s, and nothing of its data', (why, option, payload) => {
    const protocol = option === GMCP ? 'gmcp' : 'msdp';
    expect(newClient().receive(sub(option, payload)).events).toEqual([{ kind: 'unread', protocol, why }]);
  });

  it('takes no harm from answers that are broken or too long', () => {
    const telnet = newClient();
    for (const option of [TTYPE, NAWS, ENVIRON, CHARSET, MSSP]) {
      expect(telnet.receive(sub(option, 'x'.repeat(262_145))).events).toEqual([]);
    }
    for (const option of [TTYPE, NAWS, ENVIRON, CHARSET]) telnet.receive(sub(option, 1, 255, 255, 0));
    expect(telnet.receive(bytes('fine')).events).toEqual([{ kind: 'text', text: 'fine' }]);
  });
});
