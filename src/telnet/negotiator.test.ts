import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { OPTION } from './codes.ts';
import type { Negotiation, Verb } from './codes.ts';
import { Negotiator } from './negotiator.ts';
import type { OptionPolicies, OptionPolicy, OptionSide } from './negotiator.ts';

const { BINARY, ECHO, SGA, TIMING_MARK, TTYPE, EOR, NAWS, LINEMODE, NEW_ENVIRON, CHARSET, MCCP2, GMCP } =
  OPTION;

/** As a gateway offers everything to a player. */
const towardsPlayers: OptionPolicies = {
  [ECHO]: { local: 'announce' },
  [SGA]: { local: 'offer', remote: 'accept' },
  [TTYPE]: { remote: 'offer' },
  [EOR]: { local: 'offer' },
  [NAWS]: { remote: 'offer' },
  [NEW_ENVIRON]: { remote: 'offer' },
  [CHARSET]: { local: 'offer', remote: 'accept' },
  [MCCP2]: { local: 'offer' },
  [GMCP]: { local: 'offer' },
};

/** As a gateway answers a game. */
const towardsGames: OptionPolicies = {
  [ECHO]: { remote: 'accept' },
  [SGA]: { remote: 'accept' },
  [TTYPE]: { local: 'accept' },
  [EOR]: { remote: 'accept' },
  [NAWS]: { local: 'accept' },
  [GMCP]: { remote: 'accept' },
};

describe('Towards players', () => {
  test('everything offered is asked for at the start', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    expect(negotiator.start()).toEqual([
      will(SGA),
      does(TTYPE),
      will(EOR),
      does(NAWS),
      does(NEW_ENVIRON),
      will(CHARSET),
      will(MCCP2),
      will(GMCP),
    ]);
    expect(negotiator.isSettled).toBe(false);
  });

  test('it is known what was not answered', () => {
    const negotiator = new Negotiator({
      policies: { [MCCP2]: { local: 'offer' }, [GMCP]: { local: 'offer' } },
    });
    negotiator.start();
    expect(negotiator.unsettled).toEqual([MCCP2, GMCP]);
    negotiator.receive(does(MCCP2));
    expect(negotiator.unsettled).toEqual([GMCP]);
  });

  // What the clients in the project's table of real clients answer to such offers.
  const clients: [name: string, answers: Negotiation[], isSettled: boolean, on: string[]][] = [
    [
      'TinTin++',
      [
        does(SGA),
        will(TTYPE),
        does(EOR),
        will(NAWS),
        will(NEW_ENVIRON),
        does(CHARSET),
        does(MCCP2),
        dont(GMCP),
      ],
      true,
      ['local 3', 'remote 24', 'local 25', 'remote 31', 'remote 39', 'local 42', 'local 86'],
    ],
    [
      'TinyFugue, which sends WILL NAWS unasked',
      [
        will(NAWS),
        dont(SGA),
        will(TTYPE),
        does(EOR),
        wont(NEW_ENVIRON),
        dont(CHARSET),
        does(MCCP2),
        dont(GMCP),
      ],
      true,
      ['remote 24', 'local 25', 'remote 31', 'local 86'],
    ],
    [
      'KBtin',
      [
        does(SGA),
        will(TTYPE),
        does(EOR),
        will(NAWS),
        wont(NEW_ENVIRON),
        dont(CHARSET),
        does(MCCP2),
        dont(GMCP),
      ],
      true,
      ['local 3', 'remote 24', 'local 25', 'remote 31', 'local 86'],
    ],
    [
      'KildClient, which leaves some offers unanswered',
      [will(TTYPE), will(NAWS), does(MCCP2), does(GMCP)],
      false,
      ['remote 24', 'remote 31', 'local 86', 'local 201'],
    ],
    [
      'inetutils, which asks for SGA itself',
      [
        does(SGA),
        will(SGA),
        will(TTYPE),
        dont(EOR),
        will(NAWS),
        will(NEW_ENVIRON),
        dont(CHARSET),
        dont(MCCP2),
        dont(GMCP),
      ],
      true,
      ['local 3', 'remote 3', 'remote 24', 'remote 31', 'remote 39'],
    ],
  ];

  test.each(clients)('%s is understood', (_name, answers, isSettled, on) => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.start();
    const sent = answers.flatMap((answer) => negotiator.receive(answer).send ?? []);
    // Only what the client asked for by itself gets an answer.
    expect(sent).toEqual(
      answers.filter(({ verb, option }) => verb === 'will' && option === SGA).map(() => does(SGA)),
    );
    expect(negotiator.isSettled).toBe(isSettled);
    expect(enabled(negotiator)).toEqual(on);
  });

  test('a refusal is an answer that can be seen', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.start();
    expect(negotiator.receive(dont(GMCP))).toEqual({
      event: { option: GMCP, side: 'local', enabled: false, cause: 'answer' },
    });
  });

  test('every offer answered is settled, the last one not before', () => {
    const negotiator = new Negotiator({
      policies: { [NAWS]: { remote: 'offer' }, [GMCP]: { local: 'offer' } },
    });
    negotiator.start();
    negotiator.receive(wont(NAWS));
    expect(negotiator.isSettled).toBe(false);
    negotiator.receive(does(GMCP));
    expect(negotiator.isSettled).toBe(true);
  });

  test('what the client asks for and we accept is told as the peer’s wish', () => {
    const negotiator = new Negotiator({ policies: { [NAWS]: { remote: 'accept' } } });
    expect(negotiator.receive(will(NAWS))).toEqual({
      send: does(NAWS),
      event: { option: NAWS, side: 'remote', enabled: true, cause: 'peer' },
    });
    expect(negotiator.receive(wont(NAWS))).toEqual({
      send: dont(NAWS),
      event: { option: NAWS, side: 'remote', enabled: false, cause: 'peer' },
    });
  });

  test('what we do not want is refused', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    expect(negotiator.receive(will(LINEMODE))).toEqual({ send: dont(LINEMODE) });
    expect(negotiator.receive(does(BINARY))).toEqual({ send: wont(BINARY) });
    expect(negotiator.receive(does(200))).toEqual({ send: wont(200) });
    expect(negotiator.receive(wont(LINEMODE))).toEqual({});
  });

  test('a client that asks again after each refusal ends in silence', () => {
    const negotiator = new Negotiator({ policies: {}, refusalLimit: 3 });
    const sent = Array.from({ length: 100 }, () => negotiator.receive(will(200)).send).filter(Boolean);
    expect(sent).toHaveLength(3);
  });

  test('a repeat is not answered (RFC 1143)', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.start();
    negotiator.receive(will(NAWS));
    expect(negotiator.receive(will(NAWS))).toEqual({});
  });

  test('words about TIMING-MARK are left to its own codec', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    expect(negotiator.receive(does(TIMING_MARK))).toEqual({});
    expect(negotiator.receive({ verb: 'wont', option: TIMING_MARK })).toEqual({});
  });
});

describe('ECHO, announced', () => {
  test('goes out at each change, without waiting for an answer that may never come', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    expect(negotiator.request(ECHO, 'local', true)).toEqual(will(ECHO));
    expect(negotiator.request(ECHO, 'local', true)).toBeUndefined();
    expect(negotiator.request(ECHO, 'local', false)).toEqual(wont(ECHO));
    expect(negotiator.request(ECHO, 'local', true)).toEqual(will(ECHO));
    expect(negotiator.isEnabled(ECHO, 'local')).toBe(true);
  });

  test('is not answered again when the answers come late', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.request(ECHO, 'local', true);
    negotiator.request(ECHO, 'local', false);
    expect(negotiator.receive(does(ECHO))).toEqual({});
    expect(negotiator.isSettled).toBe(false);
    expect(negotiator.receive(dont(ECHO))).toEqual({
      event: { option: ECHO, side: 'local', enabled: false, cause: 'answer' },
    });
    expect(negotiator.isSettled).toBe(true);
  });

  test('is off for a client that refuses, which says nothing to the WONT behind', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.request(ECHO, 'local', true);
    negotiator.request(ECHO, 'local', false);
    expect(negotiator.receive(dont(ECHO)).event?.enabled).toBe(false);
    expect(negotiator.isSettled).toBe(true);
    expect(negotiator.request(ECHO, 'local', true)).toEqual(will(ECHO));
    expect(negotiator.receive(dont(ECHO)).event?.enabled).toBe(false);
    expect(negotiator.isEnabled(ECHO, 'local')).toBe(false);
  });

  test('refused first and accepted later is on', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.request(ECHO, 'local', true);
    negotiator.request(ECHO, 'local', false);
    negotiator.request(ECHO, 'local', true);
    negotiator.receive(dont(ECHO));
    expect(negotiator.isEnabled(ECHO, 'local')).toBe(true);
    expect(negotiator.receive(does(ECHO)).event).toMatchObject({ enabled: true, cause: 'answer' });
  });

  test('is never turned on by the client', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    expect(negotiator.receive(does(ECHO))).toEqual({ send: wont(ECHO) });
  });

  test('is turned off by a client that no longer wants it', () => {
    const negotiator = new Negotiator({ policies: towardsPlayers });
    negotiator.request(ECHO, 'local', true);
    negotiator.receive(does(ECHO));
    expect(negotiator.receive(dont(ECHO))).toEqual({
      send: wont(ECHO),
      event: { option: ECHO, side: 'local', enabled: false, cause: 'peer' },
    });
  });
});

describe('Our own wishes', () => {
  test('change while an answer is out: the last one counts, and is asked for when the answer is here', () => {
    const negotiator = new Negotiator({ policies: {} });
    expect(negotiator.request(MCCP2, 'local', true)).toEqual(will(MCCP2));
    expect(negotiator.request(MCCP2, 'local', false)).toBeUndefined();
    expect(negotiator.receive(does(MCCP2))).toEqual({ send: wont(MCCP2) });
    expect(negotiator.receive(dont(MCCP2)).event).toMatchObject({ enabled: false, cause: 'answer' });
  });

  test('need no policy', () => {
    const negotiator = new Negotiator({ policies: {} });
    negotiator.request(BINARY, 'remote', true);
    expect(negotiator.receive(will(BINARY)).event).toMatchObject({ enabled: true, cause: 'answer' });
  });
});

describe('Towards a game that begins anew over the same socket (copyover)', () => {
  test('what is on is confirmed again, so that the game need not wait', () => {
    const negotiator = new Negotiator({ policies: towardsGames, reaffirmLimit: 16 });
    expect(negotiator.receive(does(NAWS)).send).toEqual(will(NAWS));
    expect(negotiator.receive(does(NAWS))).toEqual({
      send: will(NAWS),
      event: { option: NAWS, side: 'local', enabled: true, cause: 'repeat' },
    });
  });

  test('is answered every hour, however often, and each time only so often', () => {
    const negotiator = new Negotiator({ policies: towardsGames, reaffirmLimit: 2, refusalLimit: 2 });
    negotiator.receive(does(NAWS));
    for (let hour = 0; hour < 100; hour += 1) {
      const words = [does(NAWS), does(NAWS), does(NAWS), will(MCCP2), will(MCCP2), will(MCCP2)];
      const sent = words.flatMap((word) => negotiator.receive(word).send ?? []);
      expect(sent).toEqual([will(NAWS), will(NAWS), dont(MCCP2), dont(MCCP2)]);
      negotiator.refill();
    }
  });

  describe('before it has answered that we turned an option off, to turn it on again', () => {
    let negotiator: Negotiator;

    beforeEach(() => {
      negotiator = new Negotiator({ policies: towardsGames, reaffirmLimit: 16 });
      negotiator.receive(does(TTYPE));
      expect(negotiator.request(TTYPE, 'local', false)).toEqual(wont(TTYPE));
      expect(negotiator.request(TTYPE, 'local', true)).toBeUndefined();
    });

    test('is told that it is on when it asks: the answer will never come', () => {
      expect(negotiator.receive(does(TTYPE))).toEqual({
        send: will(TTYPE),
        event: { option: TTYPE, side: 'local', enabled: true, cause: 'repeat' },
      });
      expect(negotiator.isEnabled(TTYPE, 'local')).toBe(true);
    });

    test('and whose answer comes after all, behind repeats that were on their way, is on in the end', () => {
      const deed = fc.constantFrom('repeats', 'turns off and on', 'is heard', 'hears');
      fc.assert(
        fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
          const game = new Negotiator({ policies: { [TTYPE]: { remote: 'offer' } } });
          const ours = new Negotiator({ policies: towardsGames, reaffirmLimit: 100 });
          const toUs = game.start();
          const toGame: Negotiation[] = [];
          const hear = (from: Negotiation[], by: Negotiator, to: Negotiation[]): void => {
            for (const word of from.splice(0, 1)) {
              to.push(...[by.receive(word).send].flatMap((answer) => answer ?? []));
            }
          };
          for (const each of deeds) {
            if (each === 'repeats' && game.isEnabled(TTYPE, 'remote')) toUs.push(does(TTYPE));
            if (each === 'turns off and on' && ours.isEnabled(TTYPE, 'local')) {
              const wishes = [false, true].map((on) => ours.request(TTYPE, 'local', on));
              toGame.push(...wishes.flatMap((wish) => wish ?? []));
            }
            if (each === 'is heard') hear(toGame, game, toUs);
            if (each === 'hears') hear(toUs, ours, toGame);
          }
          for (let turn = 0; turn < 100; turn += 1) {
            hear(toGame, game, toUs);
            hear(toUs, ours, toGame);
          }
          expect([...toUs, ...toGame]).toEqual([]);
          expect([ours.isEnabled(TTYPE, 'local'), game.isEnabled(TTYPE, 'remote')]).toEqual([true, true]);
        }),
        { numRuns: 2000 },
      );
    });
  });

  test('what was refused is refused again', () => {
    const negotiator = new Negotiator({ policies: towardsGames });
    expect(negotiator.receive(will(MCCP2)).send).toEqual(dont(MCCP2));
    expect(negotiator.receive(will(MCCP2)).send).toEqual(dont(MCCP2));
  });

  test('two that confirm each other come to an end', () => {
    const one = new Negotiator({ policies: { 5: { local: 'accept' } }, reaffirmLimit: 16 });
    const other = new Negotiator({ policies: { 5: { remote: 'accept' } }, reaffirmLimit: 16 });
    one.request(5, 'local', true);
    other.receive(will(5));
    one.receive(does(5));
    let word: Negotiation | undefined = does(5);
    let words = 0;
    for (let turn = 0; word !== undefined; turn += 1) {
      words += 1;
      word = (turn % 2 === 0 ? one : other).receive(word).send;
    }
    expect(words).toBeLessThan(40);
  });

  test('reset forgets all', () => {
    const negotiator = new Negotiator({ policies: { [NAWS]: { remote: 'offer' } } });
    negotiator.start();
    negotiator.receive(will(NAWS));
    negotiator.reset();
    expect(negotiator.isEnabled(NAWS, 'remote')).toBe(false);
    expect(negotiator.start()).toEqual([does(NAWS)]);
  });
});

describe('Two negotiators joined', () => {
  test('become quiet and agree, whatever their policies, wishes and timing', () => {
    fc.assert(
      fc.property(policies(), policies(), fc.array(action(), { maxLength: 40 }), (left, right, actions) => {
        const link = new Link(left, right);
        for (const act of actions) link.act(act);
        link.drain();
        for (const option of OPTIONS) {
          expect(link.ends[0].isEnabled(option, 'local')).toBe(link.ends[1].isEnabled(option, 'remote'));
          expect(link.ends[1].isEnabled(option, 'local')).toBe(link.ends[0].isEnabled(option, 'remote'));
        }
        expect(link.ends.map((end) => end.isSettled)).toEqual([true, true]);
        expect(link.told()).toEqual(link.actual());
        // Each wish makes at most one word, each word at most one answer, and no answer to an answer to an answer.
        expect(link.words).toBeLessThanOrEqual(4 * (actions.length + 4 * OPTIONS.length));
      }),
      { numRuns: 5000 },
    );
  });

  test('answer arbitrary words at most one for one', () => {
    const word = fc.record({
      verb: fc.constantFrom<Verb>('will', 'wont', 'do', 'dont'),
      option: fc.nat(255),
    });
    fc.assert(
      fc.property(policies(), fc.array(word, { maxLength: 200 }), (settings, words) => {
        const negotiator = new Negotiator({ policies: settings, reaffirmLimit: 4 });
        negotiator.start();
        const sent = words.flatMap((each) => negotiator.receive(each).send ?? []);
        expect(sent.length).toBeLessThanOrEqual(words.length);
      }),
    );
  });
});

const OPTIONS = [1, 24, 201];

type Action =
  | { kind: 'request'; end: 0 | 1; option: number; side: OptionSide; on: boolean }
  | { kind: 'deliver'; to: 0 | 1 };

/** Two ends and what is on its way to each. */
class Link {
  readonly ends: readonly [Negotiator, Negotiator];
  readonly #inboxes: readonly [Negotiation[], Negotiation[]];
  readonly #told: [Map<string, boolean>, Map<string, boolean>] = [new Map(), new Map()];
  words = 0;

  constructor(left: OptionPolicies, right: OptionPolicies) {
    this.ends = [
      new Negotiator({ policies: left, refusalLimit: 1000 }),
      new Negotiator({ policies: right, refusalLimit: 1000 }),
    ];
    this.#inboxes = [this.ends[1].start(), this.ends[0].start()];
  }

  act(act: Action): void {
    if (act.kind === 'deliver') return this.#deliver(act.to);
    const word = this.ends[act.end].request(act.option, act.side, act.on);
    if (word !== undefined) this.#inboxes[act.end === 0 ? 1 : 0].push(word);
  }

  drain(): void {
    while (this.#inboxes[0].length + this.#inboxes[1].length > 0 && this.words < 10_000) {
      this.#deliver(0);
      this.#deliver(1);
    }
  }

  /** The last event of each side of each option, where it says on. */
  told(): string[][] {
    return this.#told.map((events) => [...events].filter(([, on]) => on).map(([key]) => key));
  }

  /** What is on, in the order of `told`. */
  actual(): string[][] {
    return this.ends.map((end, index) => {
      const on = new Set(enabled(end));
      return [...(this.#told[index]?.keys() ?? [])].filter((key) => on.has(key));
    });
  }

  #deliver(to: 0 | 1): void {
    const word = this.#inboxes[to].shift();
    if (word === undefined) return;
    this.words += 1;
    const { send, event } = this.ends[to].receive(word);
    if (event !== undefined) this.#told[to].set(`${event.side} ${event.option}`, event.enabled);
    if (send !== undefined) this.#inboxes[to === 0 ? 1 : 0].push(send);
  }
}

function policies(): fc.Arbitrary<OptionPolicies> {
  const local = fc.option(fc.constantFrom<OptionPolicy>('accept', 'offer', 'announce'), { nil: undefined });
  const remote = fc.option(fc.constantFrom<OptionPolicy>('accept', 'offer'), { nil: undefined });
  return fc
    .array(fc.tuple(local, remote), { minLength: OPTIONS.length, maxLength: OPTIONS.length })
    .map((pairs) =>
      Object.fromEntries(
        pairs.map(([mine, theirs], index) => [
          OPTIONS[index] ?? 0,
          { ...(mine && { local: mine }), ...(theirs && { remote: theirs }) },
        ]),
      ),
    );
}

function action(): fc.Arbitrary<Action> {
  const end = fc.constantFrom<0 | 1>(0, 1);
  return fc.oneof(
    fc.record({
      kind: fc.constant('request' as const),
      end,
      option: fc.constantFrom(...OPTIONS),
      side: fc.constantFrom<OptionSide>('local', 'remote'),
      on: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('deliver' as const), to: end }),
  );
}

function enabled(negotiator: Negotiator): string[] {
  const on: string[] = [];
  for (let option = 0; option < 256; option += 1) {
    for (const side of ['local', 'remote'] as const) {
      if (negotiator.isEnabled(option, side)) on.push(`${side} ${option}`);
    }
  }
  return on;
}

function will(option: number): Negotiation {
  return { verb: 'will', option };
}

function wont(option: number): Negotiation {
  return { verb: 'wont', option };
}

function does(option: number): Negotiation {
  return { verb: 'do', option };
}

function dont(option: number): Negotiation {
  return { verb: 'dont', option };
}
