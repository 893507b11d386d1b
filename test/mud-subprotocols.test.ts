import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FramePlayer } from './support/frame-player.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { WebPlayer } from './support/web-player.ts';

// Generic web clients, by the subprotocols that mudstandards.org/websocket proposes.

const IAC = 255;
const TELNET = 'telnet.mudstandards.org';
const TERMINAL = 'terminal.mudstandards.org';
const GMCP = 'gmcp.mudstandards.org';
const ENVELOPE = 'json.mudstandards.org';

let folder: ReturnType<typeof temporaryFolder>;
let gateway: GatewayProcess;
/** Another player, who talks while the first one is away. */
let bob: WebPlayer;
let players: FramePlayer[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  gateway = await GatewayProcess.start(folder.path);
  bob = (await WebPlayer.enter(gateway.http, 'Bob')).keepUp();
});

afterEach(() => {
  for (const player of players) player.cut();
  players = [];
});

afterAll(async () => {
  bob.cut();
  await gateway.kill();
  folder.remove();
});

async function connect(...subprotocols: string[]): Promise<FramePlayer> {
  const player = new FramePlayer(gateway.http, subprotocols);
  players.push(player);
  return player.opened();
}

/** The player is gone, and Bob says something to nobody. */
async function leave(player: FramePlayer, name: string): Promise<void> {
  player.cut();
  await bob.sees(`${name} freezes, link-dead.`);
  await bob.accepted(bob.command(`say missing you, ${name}`));
}

describe('the choice of a subprotocol', () => {
  it.each([
    [[TERMINAL, 'holdfast.v1', GMCP], 'holdfast.v1'],
    [[TERMINAL, GMCP, TELNET], TERMINAL],
    [['mqtt', GMCP, TELNET], GMCP],
    [['v1.evennia.com', ENVELOPE], ENVELOPE],
    [[TELNET], TELNET],
  ])('of %j is %s', async (offered, chosen) => {
    expect((await connect(...offered)).subprotocol).toBe(chosen);
  });
});

describe('telnet.mudstandards.org', () => {
  it('carries a whole Telnet connection, from the offers to a return', async () => {
    const ann = await connect(TELNET);
    await ann.until('the offers', () => ann.bytes.includes(Buffer.of(IAC, 251, 201)));
    // GMCP is agreed to, in a frame that ends in the middle of a command.
    ann.binary(Buffer.of(IAC, 253));
    ann.binary(Buffer.of(201));
    ann.binary('An');
    ann.binary('n\r\n');
    await ann.sees('Welcome ashore, Ann.');
    await ann.until('GMCP', () => ann.bytes.includes('Room.Info'));
    const token = await ann.token();
    await leave(ann, 'Ann');

    const back = await connect(TELNET);
    back.binary(`reconnect ${token}\r\n`);
    await back.sees('Bob says, "missing you, Ann');
    expect(back.text).toContain('Welcome back.');
    expect(ann.texts.concat(back.texts)).toEqual([]);
  });
});

describe('terminal.mudstandards.org', () => {
  it('carries lines and text, and no byte of Telnet', async () => {
    const cleo = await connect(TERMINAL);
    await cleo.sees('name');
    // A frame is a line, with or without its end; one may have several.
    cleo.binary('Cleo');
    await cleo.sees('Welcome ashore, Cleo.');
    cleo.binary('say größer\r\nsay ÿ\n');
    await cleo.sees('You say, "ÿ');
    cleo.say('say in a text frame');
    await cleo.sees('You say, "in a text frame');
    expect(cleo.text).toContain('You say, "größer');
    expect(cleo.bytes.includes(IAC)).toBe(false);
    const token = await cleo.token();
    await leave(cleo, 'Cleo');

    const back = await connect(TERMINAL);
    back.binary(`reconnect ${token}`);
    await back.sees('Bob says, "missing you, Cleo');
    expect(await back.token()).not.toBe(token);
    expect(back.bytes.includes(IAC)).toBe(false);
  });

  it('puts what is written together into one frame, the prompt at its end', async () => {
    const dora = await connect(TERMINAL);
    await dora.sees('name');
    dora.binary('Dora');
    await dora.sees('reconnect h1');
    const count = dora.binaries.length;
    dora.binary('look');
    await dora.until('the prompt', () => dora.binaries.length > count);
    expect(dora.binaries[count]?.toString()).toMatch(/^.*The Long Quay.*\[hp 20\/20\] > $/s);
  });
});

describe('gmcp.mudstandards.org', () => {
  it('carries GMCP in text frames, and a token by Char.Login', async () => {
    const fay = await connect(GMCP);
    fay.say('Core.Hello {"client": "WebClient", "version": "1"}');
    fay.say('Core.Supports.Set ["Char.Login 2", "Room 1"]');
    expect(await fay.frame((text) => text.startsWith('Char.Login.Default'))).toBe(
      'Char.Login.Default {"version":2,"type":["oauth"]}',
    );
    fay.say('Char.Login.Credentials {"version": 2}');
    await fay.sees('name');
    fay.binary('Fay');
    await fay.frame((text) => text.startsWith('Room.Info {'));
    const given = await fay.frame((text) => text.startsWith('Char.Login.Token'));
    // Whether it came encrypted, only the client knows.
    expect(given).toMatch(/^Char\.Login\.Token \{"account":"fay","token":"h1[\w-]{54}"\}$/);
    expect(fay.text).not.toContain('reconnect');
    await leave(fay, 'Fay');

    const back = await connect(GMCP);
    back.say('Core.Supports.Set ["Char.Login 2"]');
    back.say(given.replace('Token', 'Reconnect'));
    await back.frame((text) => text === 'Char.Login.Result {"success":true}');
    await back.sees('Bob says, "missing you, Fay');
    expect(back.bytes.includes(IAC)).toBe(false);
  });
});

describe('json.mudstandards.org', () => {
  const envelope = (id: string, data: unknown): string =>
    JSON.stringify({ proto: 'gmcp', id, data: JSON.stringify(data) });

  it('carries GMCP, sizes and lines in envelopes, and a token by Session', async () => {
    const gwen = await connect(ENVELOPE);
    gwen.say(envelope('Core.Supports.Set', ['Session 1']));
    gwen.say(JSON.stringify({ proto: 'telnet_31', id: 'NAWS', data: 'AFAAGA==' }));
    gwen.say(JSON.stringify({ proto: 'text', data: 'Gwen' }));
    await gwen.sees('Welcome ashore, Gwen.');
    gwen.binary('say hello');
    await gwen.sees('You say, "hello');
    const frame = await gwen.frame((text) => text.includes('Session.Token'));
    const { proto, id, data }: Record<string, string> = JSON.parse(frame);
    expect({ proto, id }).toEqual({ proto: 'gmcp', id: 'Session.Token' });
    const { token }: { token: string } = JSON.parse(data ?? '');
    await leave(gwen, 'Gwen');

    const back = await connect(ENVELOPE);
    back.say(envelope('Session.Resume', { token }));
    await back.sees('Bob says, "missing you, Gwen');
    await back.frame((text) => text.includes('Session.Resumed'));
  });

  it.each(['{', '[]', 'null', '{"proto":7}', '{"proto":"coffeemud","data":"x"}', '{"proto":"telnet_31"}'])(
    'passes over %s',
    async (frame) => {
      const hope = await connect(ENVELOPE);
      hope.say(frame);
      hope.binary('quit');
      await hope.sees('Fair winds!');
      expect(await hope.closed()).toBe(1000);
    },
  );
});

describe('a MUD client on a WebSocket', () => {
  it('that sends too large a frame is closed with the code for it', async () => {
    const ida = await connect(TERMINAL);
    ida.binary('x'.repeat(70_000));
    expect(await ida.closed()).toBe(1009);
  });

  it('that floods is slowed down, and told of each line what became of it', async () => {
    const kim = await connect(TERMINAL);
    await kim.sees('name');
    kim.binary('Kim');
    await kim.sees('Welcome ashore');
    kim.binary(Array.from({ length: 600 }, () => 'say x\n').join(''));
    await kim.until('all fates', () => {
      const said = kim.text.split('You say, "x').length - 1;
      const refused = [...kim.text.matchAll(/^(A|\d+) commands? (?:was|were) refused/gm)].map(([, count]) =>
        count === 'A' ? 1 : Number(count),
      );
      return said + refused.reduce((sum, count) => sum + count, 0) === 600;
    });
  });
});
