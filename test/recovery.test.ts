import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { LinePlayer } from './support/line-player.ts';
import { WebPlayer } from './support/web-player.ts';

// The main job, on the real thing: `holdfast serve` in a process of its own, with its demo world and its store.

let folder: ReturnType<typeof temporaryFolder>;
let gateway: GatewayProcess;
/** Another player, who makes things happen while the first one is away. */
let bob: WebPlayer;

beforeEach(async () => {
  folder = temporaryFolder();
  gateway = await GatewayProcess.start(folder.path);
  bob = await WebPlayer.enter(gateway.http, 'Bob');
});

afterEach(async () => {
  bob.cut();
  await gateway.kill();
  folder.remove();
});

/** What others say while the player is away, in order. Durable when it returns: each line was accepted. */
async function chatter(...lines: readonly string[]): Promise<void> {
  for (const line of lines) await bob.accepted(bob.command(`say ${line}`));
  // What came before an accepted command is on disk with it.
  await bob.accepted(bob.command('look'));
  await bob.sees(lines.at(-1) ?? '');
}

async function restart(): Promise<void> {
  const { kept } = bob;
  await gateway.kill();
  gateway = await GatewayProcess.start(folder.path);
  bob = await WebPlayer.resume(gateway.http, kept);
  await bob.frame('caught_up');
}

/** What of Bob's words is in the text, in order. */
function heard(text: string): string[] {
  return [...text.matchAll(/Bob says, "(\w+)/g)].map(([, word]) => word ?? '');
}

describe('a player on a WebSocket who loses the connection', () => {
  async function leave(): Promise<WebPlayer> {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.accepted(ann.command('wait 1'));
    await ann.accepted(ann.command('say first'));
    await ann.accepted(ann.command('say second'));
    ann.cut();
    await bob.sees('Ann freezes, link-dead.');
    return ann;
  }

  async function comeBack(ann: WebPlayer, held: readonly string[], gaps: readonly string[]): Promise<void> {
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    const [resumed] = back.framesOf('resumed');
    expect(resumed?.held.map(({ text }) => text)).toEqual(held);
    const { offset } = await back.frame('caught_up');
    expect(offset).toBe(resumed?.output.to);
    const replay = back.frames.slice(
      0,
      back.frames.findIndex(({ type }) => type === 'caught_up'),
    );
    const missed = replay.map((frame) => (frame.type === 'output' ? frame.text : '')).join('');
    expect(heard(missed)).toEqual(['one', 'two', 'three']);
    expect(back.framesOf('gap').map(({ reason }) => reason)).toEqual(gaps);

    // The held commands run now, in order, each once.
    await bob.sees('Ann says, "second');
    await back.sees('You say, "second');
    expect(back.text.match(/You say, "\w+/g)).toEqual(['You say, "first', 'You say, "second']);

    // A new token came; once it is confirmed, the old one is of no use.
    expect(resumed?.token.value).not.toBe(ann.kept.token);
    const thief = new WebPlayer(gateway.http, { type: 'hello', resume: { token: ann.kept.token } });
    expect((await thief.frame('error')).code).toBe('too_soon');
    back.command('say still here');
    await bob.sees('Ann says, "still here');
    back.cut();
  }

  it('finds held commands, missed output and a new token at the return', async () => {
    const ann = await leave();
    await chatter('one', 'two', 'three');
    await comeBack(ann, ['say first', 'say second'], []);
  });

  it('finds the same after the gateway was killed meanwhile', async () => {
    const ann = await leave();
    await chatter('one', 'two', 'three');
    await restart();
    // The command that the world had in hand had no answer yet: it is there again, and runs once.
    await comeBack(ann, ['wait 1', 'say first', 'say second'], ['crash']);
  });

  it('is told nothing again when nothing happened since', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.sees('> ');
    ann.acknowledge();
    ann.cut();
    await bob.sees('Ann freezes, link-dead.');
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    await back.frame('caught_up');
    const [resumed] = back.framesOf('resumed');
    expect(resumed?.output).toEqual({ from: (ann.kept.offset ?? 0) + 1, to: ann.kept.offset });
    back.cut();
  });
});

describe('a player who loses the connection because the gateway was killed', () => {
  it('comes back by WebSocket to a new epoch, with every command carried out once', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    const numbers = ['wait 1', 'say first', 'say second'].map((text) => ann.command(text));
    await ann.accepted(numbers.at(-1) ?? 0);
    const before = ann.kept;
    await restart();

    const back = await WebPlayer.resume(gateway.http, before);
    const [resumed] = back.framesOf('resumed');
    expect(resumed?.accepted).toBe(numbers.at(-1));
    await back.sees('You say, "second');
    expect(back.text.match(/You say, "\w+/g)).toEqual(['You say, "first', 'You say, "second']);
    expect(back.kept.epoch).not.toBe(before.epoch);
    expect(back.framesOf('gap').map(({ reason }) => reason)).toEqual(['crash']);
    await bob.sees('Ann says, "second');
    expect(bob.text.match(/Ann says, "\w+/g)).toEqual(['Ann says, "first', 'Ann says, "second']);
    back.cut();
  });

  it('comes back by Telnet with the token of before', async () => {
    const ann = await LinePlayer.enter(gateway.telnet, 'Ann');
    const token = await ann.token();
    ann.line('say hello');
    await bob.sees('Ann says, "hello');
    await restart();
    await ann.closed();

    const back = await LinePlayer.resume(gateway.telnet, token);
    back.line('say again');
    await back.sees('You say, "again');
    expect(await back.token()).not.toBe(token);
    back.cut();
  });
});

describe('a player by Telnet who loses the connection', () => {
  it('finds held commands, missed output and a new token at the return', async () => {
    const ann = await LinePlayer.enter(gateway.telnet, 'Ann');
    const token = await ann.token();
    for (const line of ['wait 1', 'say first', 'say second', 'say third']) ann.line(line);
    await ann.sees('You wait');
    ann.cut();
    await bob.sees('Ann freezes, link-dead.');
    await chatter('one', 'two', 'three');

    const back = await LinePlayer.resume(gateway.telnet, token);
    await back.sees('3 commands were held and run now: say first, say second, say third');
    await back.sees('You say, "third');
    expect(heard(back.text)).toEqual(['one', 'two', 'three']);
    expect(back.text.match(/You say, "\w+/g)).toEqual([
      'You say, "first',
      'You say, "second',
      'You say, "third',
    ]);
    expect(back.text.indexOf('"three')).toBeLessThan(back.text.indexOf('That was all.'));
    const next = await back.token();
    expect(next).not.toBe(token);

    // Used, the new one is confirmed; the old one opens nothing from then on.
    back.cut();
    await bob.until('Ann to freeze again', () => bob.text.split('Ann freezes').length === 3);
    const again = await LinePlayer.resume(gateway.telnet, next);
    const late = new LinePlayer(gateway.telnet);
    late.line(`reconnect ${token}`);
    await late.sees('your token stays good');
    expect(late.text).not.toContain('Welcome back');
    again.cut();
    late.cut();
  });
});

describe('a player who changes clients', () => {
  it('leaves by Telnet, returns by WebSocket, and goes back, each time with the newest token', async () => {
    const first = await LinePlayer.enter(gateway.telnet, 'Ann');
    const token = await first.token();
    first.cut();
    await bob.sees('Ann freezes, link-dead.');
    await chatter('one');

    const second = await WebPlayer.resume(gateway.http, { token });
    await second.sees('Bob says, "one');
    second.acknowledge();
    second.command('say from the web');
    await bob.sees('Ann says, "from the web');
    await second.sees('You say, "from the web');
    second.acknowledge();
    second.cut();
    await bob.until('Ann to freeze again', () => bob.text.split('Ann freezes').length === 3);
    await chatter('two');

    const third = await LinePlayer.resume(gateway.telnet, second.kept.token);
    await third.sees('Bob says, "two');
    expect(heard(third.text)).toEqual(['two']);
    third.line('say from telnet again');
    await bob.sees('Ann says, "from telnet again');
    third.cut();
  });

  it('takes over from a connection that the gateway still believes in', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    const other = await WebPlayer.resume(gateway.http, ann.kept);
    const bye = await ann.frame('bye');
    expect(bye).toMatchObject({ reason: 'taken_over', resume: false });
    expect(await ann.closed()).toBe(4501);
    other.command('say mine now');
    await bob.sees('Ann says, "mine now');
    other.cut();
  });
});

describe('a gateway that stops in good order', () => {
  it('tells players to come back, with their tokens extended, and resumes them without a crash gap', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.sees('> ');
    ann.acknowledge();
    expect(await gateway.stop()).toBe(0);
    const bye = await ann.frame('bye');
    expect(bye).toMatchObject({ reason: 'shutdown', resume: true });
    expect(bye.token?.id).toBeDefined();
    expect(await ann.closed()).toBe(4000);

    gateway = await GatewayProcess.start(folder.path);
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    await back.frame('caught_up');
    expect(back.framesOf('gap')).toEqual([]);
    back.cut();
  });

  it('comes to its end also with a command in hand, for which only timers run', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    await ann.sees('> ');
    await ann.accepted(ann.command('wait 10'));
    ann.acknowledge();
    expect(await gateway.stop()).toBe(0);
    expect(gateway.log).toContain('stopped; every session can be resumed');

    gateway = await GatewayProcess.start(folder.path);
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    await back.frame('caught_up');
    expect(back.framesOf('gap')).toEqual([]);
    back.cut();
  });
});

describe('a player who quits', () => {
  it('reads the farewell, and then the session is over', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    ann.command('quit');
    await ann.sees('You put out to sea');
    ann.acknowledge();
    expect(await ann.frame('bye')).toMatchObject({ reason: 'quit', resume: false });
    const late = new WebPlayer(gateway.http, { type: 'hello', resume: ann.kept });
    expect((await late.frame('error')).code).toBe('token_refused');
  });
});

describe('secrets', () => {
  it('reach no log', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    ann.cut();
    await bob.sees('Ann freezes, link-dead.');
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    const thief = new WebPlayer(gateway.http, { type: 'hello', resume: { token: ann.kept.token } });
    await thief.frame('error');
    const secrets = [ann.kept, back.kept, bob.kept].map(({ token }) => {
      const { secret }: { secret: string } = JSON.parse(Buffer.from(token, 'base64').toString());
      return secret;
    });
    expect(gateway.log).toContain('resumed');
    for (const secret of secrets) expect(gateway.log).not.toContain(secret);
    back.cut();
  });
});
