import { describe, expect, it } from 'vitest';
import type {
  ClientInfo,
  Clock,
  Json,
  NewOutput,
  World,
  WorldPlayer,
  WorldSession,
  WorldState,
} from '../../core/index.ts';
import { demoWorld } from './index.ts';
import { withoutColours } from './text.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const TELNET: ClientInfo = { transport: 'telnet' };

class ManualClock implements Clock {
  #now = NOON;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

/** A session without a gateway: it writes down what the world did. */
class FakeSession implements WorldSession {
  readonly id = 'session';
  readonly restored: boolean;
  client: ClientInfo | undefined = TELNET;
  account: string | undefined;
  data: Json | undefined;
  shown: NewOutput[] = [];
  stage = 'connecting';
  worldState: WorldState = 'login';
  lost = false;
  ended: string | undefined;

  constructor(kept?: { readonly data?: Json; readonly account?: string }) {
    this.restored = kept !== undefined;
    this.data = kept?.data;
    this.account = kept?.account;
  }

  send(...output: readonly NewOutput[]): void {
    this.shown.push(...output);
  }

  keep(data: Json): void {
    this.data = data;
  }

  playing(account?: string): void {
    this.stage = 'playing';
    this.account = account;
  }

  authenticating(): void {
    this.stage = 'authenticating';
  }

  state(state: WorldState): void {
    this.worldState = state;
  }

  lose(): void {
    this.lost = true;
  }

  setResumeWindow(): void {}

  setOverflow(): void {}

  whenRoom(): Promise<void> {
    return Promise.resolve();
  }

  report(): void {}

  end(reason?: string): void {
    this.ended = reason;
  }
}

/** A world, its clock, and people at their keyboards. */
class Table {
  readonly clock = new ManualClock();
  readonly world: World;

  /** Never slips, never fails to find something: 0.5 is in the middle of everything. */
  constructor(options: { readonly quiet?: boolean; readonly random?: () => number } = {}) {
    this.world = demoWorld({ clock: this.clock, random: () => 0.5, quiet: true, ...options });
  }

  seat(session: FakeSession = new FakeSession()): Seat {
    return new Seat(session, this.world.open(session));
  }

  async player(name: string): Promise<Seat> {
    const seat = this.seat();
    seat.player.attached?.(TELNET);
    await seat.type(name);
    seat.forget();
    return seat;
  }
}

class Seat {
  #seq = 0;

  readonly session: FakeSession;
  readonly player: WorldPlayer;

  constructor(session: FakeSession, player: WorldPlayer) {
    this.session = session;
    this.player = player;
  }

  /** Types a line; returns what was shown from then until the answer. */
  async type(text: string): Promise<string> {
    const from = this.session.shown.length;
    await this.#run({ text });
    return asText(this.session.shown.slice(from));
  }

  /** Types a line whose answer takes time. */
  begin(text: string): { isDone: boolean } {
    const progress = { isDone: false };
    void this.#run({ text }).then(() => (progress.isDone = true));
    return progress;
  }

  async #run(body: { text: string } | { package: string }): Promise<void> {
    this.#seq += 1;
    const commit = await this.player.command({ seq: this.#seq, at: NOON, held: false, ...body });
    this.session.shown.push(...(commit?.output ?? []));
    if (commit?.data !== undefined) this.session.data = commit.data;
  }

  gmcp(name: string): Promise<void> {
    return this.#run({ package: name });
  }

  forget(): void {
    this.session.shown = [];
  }

  get text(): string {
    return asText(this.session.shown);
  }

  packages(name: string): (Json | undefined)[] {
    return this.session.shown.flatMap((item) =>
      item.kind === 'gmcp' && item.package === name ? [item.data] : [],
    );
  }
}

function asText(output: readonly NewOutput[]): string {
  return output.map((item) => (item.kind === 'text' ? item.text : '')).join('');
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

/** The same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('tells programs that list games its name', () => {
  expect(demoWorld({ clock: new ManualClock() }).listing?.().get('NAME')).toEqual(['Holdfast Harbour']);
});

describe('the login', () => {
  it('asks for a name, and the player who gives one is in the game', async () => {
    const seat = new Table().seat();
    expect(seat.session.stage).toBe('authenticating');
    expect(seat.text).toMatch(/By what name are you known\? $/);

    expect(await seat.type('aNN')).toMatch(/Welcome ashore, Ann\.[^]*The Long Quay[^]*\[hp 20\/20\] > $/);
    expect(seat.session).toMatchObject({ stage: 'playing', account: 'ann', worldState: 'up' });
    expect(seat.packages('Room.Info')).toEqual([
      { num: 1, name: 'The Long Quay', area: 'Holdfast Harbour', exits: { n: 2, w: 4 } },
    ]);
    expect(seat.packages('Char.Vitals')).toEqual([{ hp: 20, maxhp: 20 }]);
  });

  it.each(['', 'A', 'Ann2', 'Ann Lee', 'GET / HTTP/1.1', 'a'.repeat(17), '\u001b[31mAnn', 'morwenna', 'you'])(
    'asks again after %j',
    async (name) => {
      const seat = new Table().seat();
      expect(await seat.type(name)).toMatch(/By what name are you known\? $/);
      expect(seat.session.stage).toBe('authenticating');
    },
  );

  it('refuses a name that is playing, in any case of letters', async () => {
    const table = new Table();
    await table.player('Ann');
    expect(await table.seat().type('ANN')).toContain('There is a Ann here already. Choose another name.');
  });

  it('refuses the name of a link-dead player, who is told to reconnect', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    ann.player.detached?.();
    expect(await table.seat().type('Ann')).toContain('If that is you, reconnect');
  });

  it('frees the name when its session closes', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    ann.player.closed?.('expired');
    expect(await table.seat().type('Ann')).toContain('Welcome ashore, Ann.');
  });

  it('lets somebody leave who gives no name', async () => {
    const seat = new Table().seat();
    await seat.type('quit');
    expect(seat.session.ended).toBe('quit');
  });
});

describe('other players', () => {
  it('see who comes, goes, leaves and speaks', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    expect(ann.text).toContain('Bob comes ashore.');

    await bob.type("'good morning");
    expect(ann.text).toContain('Bob says, "good morning"');
    expect(ann.packages('Comm.Channel.Text')).toEqual([
      { channel: 'say', talker: 'Bob', text: 'Bob says, "good morning"' },
    ]);
    await bob.type(':waves');
    expect(ann.text).toContain('Bob waves');
    await bob.type('n');
    expect(ann.text).toContain('Bob leaves: north.');
    await bob.type('shout is anybody there?');
    expect(ann.text).toContain('Bob shouts, "is anybody there?"');
    await bob.type('south');
    expect(ann.text).toContain('Bob arrives from the north.');
    await bob.type('quit');
    expect(ann.text).toContain('Bob puts out to sea.');
    expect(bob.session.ended).toBe('quit');
    expect(await ann.type('who')).not.toContain('Bob');
  });

  it('see that somebody is link-dead, since when, and that they are back', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.player.detached?.();
    expect(bob.text).toContain('Ann freezes, link-dead.');
    await table.clock.advance(125_000);
    expect(await bob.type('who')).toContain(
      'Ann: The Long Quay, link-dead for 2 minutes, since 12:00 UTC\nBob: The Long Quay\n',
    );
    expect(await bob.type('look')).toContain('Ann is here, link-dead.');
    expect(await bob.type('tell ann come back')).toContain('link-dead, and will read it on return');

    ann.player.attached?.(TELNET);
    expect(bob.text).toContain('Ann stirs again.');
    expect(ann.text).toContain('Bob tells you, "come back"');
    expect(ann.text).toMatch(/You stir again\. You are still here: The Long Quay\.\n\[hp 20\/20\] > $/);
  });

  it('are told nothing of a takeover', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.player.attached?.(TELNET);
    expect(bob.text).toBe('');
    expect(ann.text).toContain('You are still here');
  });

  it('cannot be shown forged colours or lines', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    const forgery = 'hi\u001b[31m\r\nCid says, "\u0007\u202egnirts\u009b"\u2028';
    for (const command of ['say', 'shout', 'emote', 'tell ann']) {
      ann.forget();
      await bob.type(`${command} ${forgery}`);
      const words = withoutColours(ann.text).replace(/\n\[hp 20\/20\] > $/, '');
      expect(words).toMatch(/^\nBob [^\p{Cc}\p{Bidi_Control}]+$/u);
    }
  });

  it('see long words of others in lines that are marked as theirs', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.forget();
    await bob.type(`shout ${'x'.repeat(500)}${' Cid says, "yes"'.repeat(20)}`);
    const [, ...lines] = withoutColours(ann.text).trim().split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toMatch(/^ {2}.{1,77}$/);
  });
});

describe('commands that take time', () => {
  it.each([
    { line: 'fish', seconds: 3, before: 'You cast a line', after: 'You pull up a flounder!' },
    { line: 'wait 30', seconds: 30, before: 'You wait 30 seconds.', after: 'You have waited.' },
    { line: 'countdown 3', seconds: 3, before: '3 ...', after: '2 ...\n1 ...\nNothing happens' },
  ])('$line answers after $seconds s', async ({ line, seconds, before, after }) => {
    const table = new Table();
    const ann = await table.player('Ann');
    const progress = ann.begin(line);
    await settled();
    expect(ann.text).toContain(before);
    await table.clock.advance(seconds * 1000 - 1);
    expect(progress.isDone).toBe(false);
    await table.clock.advance(1);
    expect(progress.isDone).toBe(true);
    expect(ann.text).toContain(after);
  });

  it('climb moves the player at its end', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    for (const line of ['west', 'north', 'north']) await ann.type(line);
    ann.forget();
    ann.begin('climb');
    await table.clock.advance(1999);
    expect(ann.packages('Room.Info')).toEqual([]);
    await table.clock.advance(1);
    expect(ann.packages('Room.Info')).toMatchObject([{ name: 'The Lamp Room' }]);
  });

  it('dig keeps what was found in the commit', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    await ann.type('west');
    ann.begin('dig');
    await table.clock.advance(5000);
    expect(ann.text).toContain('You dig up a blue bottle!');
    expect(ann.session.data).toMatchObject({ room: 'beach', items: ['blue bottle'], dug: 1 });
  });

  it('finish while their player is away', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const progress = ann.begin('fish');
    ann.player.detached?.();
    await table.clock.advance(3000);
    expect(progress.isDone).toBe(true);
    expect(ann.session.data).toMatchObject({ fished: 1 });
  });

  it('answer in a new line where the player came back meanwhile and was shown a prompt', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    ann.begin('fish');
    ann.player.detached?.();
    ann.player.attached?.(TELNET);
    await table.clock.advance(3000);
    expect(ann.text).toMatch(/Quay\.\n\[hp 20\/20\] > \nYou pull up a flounder!\n\[hp 20\/20\] > $/);
  });

  it('are refused at once where they make no sense', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    expect(await ann.type('dig')).toContain('too hard to dig');
    expect(await ann.type('climb')).toContain('nothing here to climb');
    for (let fish = 0; fish < 12; fish++) {
      ann.begin('fish');
      await table.clock.advance(3000);
    }
    expect(await ann.type('fish')).toContain('Your arms are full.');
    await ann.type('north');
    expect(await ann.type('fish')).toContain('no water here');
  });

  it('are given up without an answer when the session closes', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const command = ann.player.command({ seq: 99, at: NOON, held: false, text: 'fish' });
    ann.player.closed?.('expired');
    expect(await command).toBeUndefined();
    expect(table.clock.waiting).toBe(0);
  });

  it('stay unanswered when the world closes, so that they run after a restart', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const progress = ann.begin('fish');
    await table.world.close?.();
    await table.clock.advance(60_000);
    expect(progress.isDone).toBe(false);
    expect(table.clock.waiting).toBe(0);
  });

  it.each(['wait', 'wait 31', 'wait 0', 'burst 501', 'burst -1', 'count 1e3', 'countdown x'])(
    '%s is answered with what would be right',
    async (line) => {
      const ann = await new Table().player('Ann');
      expect(await ann.type(line)).toContain('A number from 1 to ');
    },
  );
});

describe('things to try sessions with', () => {
  it('burst writes its numbered lines as entries of one commit', async () => {
    const ann = await new Table().player('Ann');
    await ann.type('burst 500');
    expect(ann.session.shown).toHaveLength(501);
    expect(ann.session.shown[499]).toEqual({ kind: 'text', text: '500 of 500\n' });
  });

  it('count goes on by itself, also for a player who is away, until a new count replaces it', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    await ann.type('count 3');
    await table.clock.advance(1000);
    ann.player.detached?.();
    await ann.type('count 2');
    await table.clock.advance(10_000);
    expect(ann.text.match(/Wave \d of \d\./g)).toEqual(['Wave 1 of 3.', 'Wave 1 of 2.', 'Wave 2 of 2.']);
  });

  it('password hides one line, which neither output nor data contains', async () => {
    const ann = await new Table().player('Ann');
    expect(await ann.type('password')).toMatch(/Your secret word: $/);
    expect(ann.session.shown).toContainEqual({ kind: 'echo', on: false });
    ann.forget();
    await ann.type('quit');
    expect(ann.session.shown[0]).toEqual({ kind: 'echo', on: true });
    expect(ann.text).toMatch(/^\nThe keeper nods[^]*\[hp 20\/20\] > $/);
    expect(JSON.stringify([ann.session.shown, ann.session.data])).not.toContain('quit');
    expect(ann.session.ended).toBeUndefined();
  });
});

describe('small things', () => {
  it('answers an unknown word with the command that was probably meant', async () => {
    const ann = await new Table().player('Ann');
    expect(await ann.type('lokk')).toContain('Did you mean: look?');
    expect(await ann.type('constructor')).toContain('Try: help');
    expect(await ann.type('x'.repeat(5000))).toContain('Try: help');
    expect(await ann.type('help shuot')).toContain('Did you mean: shout?');
  });

  it('explains every command that it lists', async () => {
    const ann = await new Table().player('Ann');
    const names = (await ann.type('help')).match(/[a-z]+(?=[,.])/g) ?? [];
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(await ann.type(`help ${name}`)).toMatch(new RegExp(`^${name}\\b.*: `));
  });

  it('lets players pass things on by way of the ground', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.begin('fish');
    await table.clock.advance(3000);
    await ann.type('drop the flounder');
    expect(await bob.type('look')).toContain('A flounder on the ground.');
    await bob.type('get flounder');
    expect(ann.text).toContain('Bob picks up a flounder.');
    expect(await bob.type('eat flounder')).toContain('You eat the flounder.');
    expect(await bob.type('inventory')).toContain('You carry nothing.');
  });

  it('shows the vitals whenever they change: a climber may slip, and stew mends', async () => {
    const table = new Table({ random: () => 0 });
    const ann = await table.player('Ann');
    await ann.type('west');
    await ann.type('north');
    ann.begin('climb');
    await table.clock.advance(2000);
    expect(ann.packages('Char.Vitals')).toEqual([{ hp: 18, maxhp: 20 }]);
    for (const line of ['east', 'east', 'north', 'east', 'eat stew']) await ann.type(line);
    expect(ann.packages('Char.Vitals').at(-1)).toEqual({ hp: 20, maxhp: 20 });
  });

  it('begins a new line after a prompt, and shows the prompt again', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.forget();
    await bob.type('emote waves');
    expect(withoutColours(ann.text)).toBe('\nBob waves\n[hp 20/20] > ');
  });

  it('writes no colours and no repeated prompts for a screen reader', async () => {
    const table = new Table();
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    ann.player.attached?.({ transport: 'telnet', screenReader: true });
    await ann.type('look');
    ann.forget();
    await bob.type('shout one');
    await bob.type('shout two');
    expect(ann.text).toBe('\nBob shouts, "one"\nBob shouts, "two"\n');
  });

  it('has nothing to say to GMCP, to an empty line but a prompt, or to somebody who left', async () => {
    const ann = await new Table().player('Ann');
    await ann.gmcp('Core.Supports.Set');
    expect(ann.session.shown).toEqual([]);
    expect(await ann.type('')).toBe('[hp 20/20] > ');
    expect(await ann.type('quit')).toMatch(/Fair winds!\n$/);
    expect(await ann.type('look')).toBe('');
    ann.player.attached?.(TELNET);
    ann.player.detached?.();
    ann.player.closed?.('quit');
    expect(ann.text).toMatch(/Fair winds!\n$/);
  });
});

describe('a session that comes back after a restart', () => {
  it('finds its player where it was, link-dead until attached', async () => {
    const before = await new Table().player('Ann');
    await before.type('west');
    const { data = null } = before.session;

    const table = new Table();
    const bob = await table.player('Bob');
    const ann = table.seat(new FakeSession({ data: structuredClone(data) }));
    expect(ann.session.stage).toBe('playing');
    expect(ann.packages('Room.Info')).toMatchObject([{ name: 'The Shingle Beach' }]);
    expect(await bob.type('who')).toContain('Ann: The Shingle Beach, link-dead');

    ann.player.attached?.(TELNET);
    expect(await bob.type('who')).toContain('Ann: The Shingle Beach\n');
    expect(await ann.type('look')).toContain('The Shingle Beach');
  });

  it('shows again what is typed, where a secret word was asked for', () => {
    const ann = new Table().seat(new FakeSession({ account: 'ann' }));
    expect(ann.session.shown).toContainEqual({ kind: 'echo', on: true });
  });

  it.each<{ data?: Json; account?: string }>([
    { account: 'ann' },
    { account: 'ann', data: null },
    { data: { name: 'Ann', room: 'atlantis', hp: -3, items: 'many', fished: 1.5 } },
    { data: { name: 'Ann', room: 'constructor', items: ['toString', 7, null, 'herring'] } },
    { account: 'ann', data: { name: ['x'], room: 3 } },
  ])('falls back where its data is of another version: %j', async (kept) => {
    const ann = new Table().seat(new FakeSession(kept));
    ann.player.attached?.(TELNET);
    expect(await ann.type('look')).toContain('The Long Quay');
    expect(await ann.type('inventory')).toContain('fished 0 times');
  });

  it('is asked for a name where none was kept, or another session has it', async () => {
    const table = new Table();
    await table.player('Ann');
    for (const kept of [{}, { data: { name: 'Ann' } }]) {
      const seat = table.seat(new FakeSession(kept));
      expect(seat.session).toMatchObject({ stage: 'authenticating', worldState: 'login', lost: true });
      expect(await seat.type('Ann')).toContain('Choose another name.');
    }
  });
});

describe('what happens on its own', () => {
  it('is something to notice every 5 to 15 s', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const table = new Table({ quiet: false, random: seeded(seed) });
      const ann = await table.player('Ann');
      await table.clock.advance(600_000);
      const lines = ann.session.shown.filter((item) => item.kind === 'text' && !item.prompt);
      expect(lines.length).toBeGreaterThanOrEqual(40);
      expect(lines.length).toBeLessThanOrEqual(120);
    }
  });

  it('goes on for a link-dead player, without a prompt after each line', async () => {
    const table = new Table({ quiet: false, random: seeded(1) });
    const ann = await table.player('Ann');
    ann.player.detached?.();
    await table.clock.advance(60_000);
    expect(ann.session.shown.length).toBeGreaterThan(3);
    expect(ann.text).not.toContain('>');
  });

  it('needs somebody to be there: else no timer runs', async () => {
    const table = new Table({ quiet: false });
    expect(table.clock.waiting).toBe(0);
    const ann = await table.player('Ann');
    const bob = await table.player('Bob');
    expect(table.clock.waiting).toBe(1);
    await ann.type('quit');
    expect(table.clock.waiting).toBe(1);
    bob.player.closed?.('expired');
    expect(table.clock.waiting).toBe(0);
    await table.player('Cid');
    expect(table.clock.waiting).toBe(1);
    await table.world.close?.();
    expect(table.clock.waiting).toBe(0);
  });

  it('closes the cave at high tide, and opens it again', async () => {
    const table = new Table({ quiet: false, random: seeded(7) });
    const ann = await table.player('Ann');
    await ann.type('west');
    const answers = new Set<boolean>();
    for (let round = 0; round < 100; round++) {
      await table.clock.advance(30_000);
      answers.add((await ann.type('west')).includes('Wait for the tide'));
      await ann.type('east');
    }
    expect(answers).toEqual(new Set([true, false]));
  });
});
