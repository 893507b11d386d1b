import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DROP_REASONS, GAP_REASONS, type Json } from '../core/index.ts';
import { decodeClientFrame, decodeServerFrame, encodeClientFrame, encodeServerFrame } from './codec.ts';
import { RETRIES, type ClientFrame, type ServerFrame } from './frames/index.ts';

const ordinal = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const cells = fc.integer({ min: 1, max: 65_535 });
const name = fc.stringMatching(/^[ -~]{0,40}$/);
const packageName = fc.stringMatching(/^[A-Za-z0-9._-]{1,128}$/);
const line = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((typed) => !/[\r\n\0]/.test(typed));
const text = fc.string({ unit: 'binary' });
const json = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)));
const flag = fc.boolean();
const yes = fc.constant(true);
const time = fc
  .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

type Model = Record<string, fc.Arbitrary<unknown>>;
type Values<M extends Model> = {
  [Name in keyof M]: M[Name] extends fc.Arbitrary<infer Value> ? Value : never;
};

/** An object with each required field, and some of the optional ones. */
function some<Required extends Model, Optional extends Model>(
  required: Required,
  optional: Optional,
): fc.Arbitrary<Values<Required> & Partial<Values<Optional>>> {
  const record = fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });
  // fast-check's types know the keys of a literal only.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return record as fc.Arbitrary<Values<Required> & Partial<Values<Optional>>>;
}

function frameOf<const Type extends string, Required extends Model, Optional extends Model>(
  type: Type,
  required: Required,
  optional: Optional,
): fc.Arbitrary<{ type: Type } & Values<Required> & Partial<Values<Optional>>> {
  return some(required, optional).map((fields) => ({ type, ...fields }));
}

const session = {
  session: fc.uuid(),
  echo: flag,
  state: fc.constantFrom('connecting', 'authenticating', 'playing', 'disconnected', 'closed'),
  world: fc.constantFrom('up', 'login', 'down'),
  limits: fc.record({
    frame_bytes: ordinal,
    command_bytes: ordinal,
    queue_commands: ordinal,
    window_bytes: ordinal,
    window_entries: ordinal,
    ping_ms: ordinal,
  }),
};
const epoch = { epoch: fc.uuid() };
const token = { id: name, expires_at: time };

const client = some(
  { name, version: name },
  { columns: cells, rows: cells, encoding: name, screen_reader: flag },
);
const resume = some(
  { token: text },
  { epoch: name, offset: whole, commands: fc.constantFrom('run', 'skip', 'ask') },
);

const clientFrames: { [Type in ClientFrame['type']]: fc.Arbitrary<ClientFrame & { type: Type }> } = {
  hello: frameOf('hello', {}, { client, resume }),
  stored: frameOf('stored', { id: name }, {}),
  command: frameOf('command', { seq: ordinal, text: line }, {}),
  gmcp: frameOf('gmcp', { seq: ordinal, package: packageName }, { data: json }),
  ack: frameOf('ack', { offset: whole }, {}),
  replay: frameOf('replay', { run: fc.oneof(fc.constantFrom('all', 'none'), fc.array(ordinal)) }, {}),
  window: frameOf('window', { columns: cells, rows: cells }, {}),
  refresh: frameOf('refresh', {}, {}),
  link: frameOf('link', {}, {}),
  ping: frameOf('ping', {}, { id: fc.oneof(name, whole) }),
  quit: frameOf('quit', {}, {}),
};

const resumed = {
  ...session,
  token: fc.record({ ...token, value: text }),
  accepted: whole,
  own: whole,
  output: fc.record({ from: ordinal, to: whole }),
  held: fc.array(some({ seq: ordinal, queued_at: time }, { text, package: text })),
  away_ms: whole,
};
const dropped = { offset: ordinal, seq: ordinal, reason: fc.constantFrom(...DROP_REASONS) };
const gap = { from: ordinal, reason: fc.constantFrom(...GAP_REASONS) };
const error = { code: name, message: text, retry: fc.constantFrom(...RETRIES) };

const serverFrames: { [Type in ServerFrame['type']]: fc.Arbitrary<ServerFrame & { type: Type }> } = {
  welcome: frameOf('welcome', session, epoch),
  resumed: frameOf('resumed', resumed, epoch),
  output: frameOf('output', { offset: ordinal, text }, { ...epoch, prompt: yes }),
  echo: frameOf('echo', { offset: ordinal, on: flag }, epoch),
  gmcp: frameOf('gmcp', { package: text }, { ...epoch, offset: ordinal, data: json }),
  dropped: frameOf('dropped', dropped, { ...epoch, through: ordinal }),
  gap: frameOf('gap', gap, { ...epoch, to: ordinal, bytes: whole }),
  caught_up: frameOf('caught_up', { offset: whole }, {}),
  accepted: frameOf('accepted', { seq: ordinal }, {}),
  token: frameOf('token', token, { value: text, link: yes }),
  state: frameOf('state', { state: session.state, world: session.world }, {}),
  pong: frameOf('pong', {}, { id: fc.oneof(name, whole) }),
  error: frameOf('error', error, { retry_after_ms: whole }),
  bye: frameOf('bye', { reason: name, resume: flag }, { token: some(token, { value: text }) }),
};

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(...Object.values(clientFrames));
const serverFrame: fc.Arbitrary<ServerFrame> = fc.oneof(...Object.values(serverFrames));

const generous = { command_bytes: 10_000, queue_commands: 100 };

/** Puts any JSON in the place of a frame's field, or of a field of its field. */
function mutated(frame: object, [at, below]: [number, number], value: unknown): string {
  const copy: Record<string, unknown> = JSON.parse(JSON.stringify(frame));
  const key = Object.keys(copy)[at % Object.keys(copy).length] ?? 'type';
  const inner = copy[key];
  if (typeof inner === 'object' && inner !== null && below > 0) {
    const keys = Object.keys(inner);
    copy[key] = { ...inner, [keys[below % keys.length] ?? 'x']: value };
  } else copy[key] = value;
  return JSON.stringify(copy);
}

describe('any frame', () => {
  it('from a client is read as it was written', () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        expect(decodeClientFrame(encodeClientFrame(frame), generous)).toEqual({ frame });
      }),
    );
  });

  it('from a gateway is read as it was written', () => {
    fc.assert(
      fc.property(serverFrame, (frame) => {
        expect(decodeServerFrame(encodeServerFrame(frame))).toEqual({ frame });
      }),
    );
  });

  it('with one field changed is a frame, to be ignored, or a problem', () => {
    fc.assert(
      fc.property(
        fc.oneof(clientFrame, serverFrame),
        fc.tuple(fc.nat(), fc.nat(3)),
        fc.jsonValue(),
        (frame, place, value) => {
          const changed = mutated(frame, place, value);
          expect(Object.keys(decodeClientFrame(changed, generous))).toHaveLength(1);
          expect(Object.keys(decodeServerFrame(changed))).toHaveLength(1);
        },
      ),
    );
  });

  it('that was read is written and read as the same again, whatever it was', () => {
    fc.assert(
      fc.property(clientFrame, fc.tuple(fc.nat(), fc.nat(3)), fc.jsonValue(), (frame, place, value) => {
        const once = decodeClientFrame(mutated(frame, place, value), generous);
        if ('problem' in once) return;
        const written = encodeClientFrame(once.frame);
        const twice = decodeClientFrame(written, generous);
        if ('problem' in twice) throw new Error(twice.problem);
        expect(encodeClientFrame(twice.frame)).toBe(written);
      }),
    );
  });
});

describe('any text', () => {
  it.each([
    ['text', fc.string({ unit: 'binary' })],
    ['JSON', fc.json()],
    ['object', fc.object({ withObjectString: true }).map((value) => JSON.stringify(value))],
  ])('that is %s never throws', (_, texts) => {
    fc.assert(
      fc.property(texts, (received) => {
        decodeClientFrame(received, generous);
        decodeServerFrame(received);
      }),
    );
  });
});
