import { describe, expect, it } from 'vitest';
import { decodeClientFrame, decodeServerFrame } from './codec.ts';

const limits = { command_bytes: 20, queue_commands: 3 };

function decodeClient(frame: unknown) {
  return decodeClientFrame(JSON.stringify(frame), limits);
}

function decodeServer(frame: unknown) {
  return decodeServerFrame(JSON.stringify(frame));
}

function decodeNested(depth: number) {
  const data = '['.repeat(depth) + ']'.repeat(depth);
  return decodeClientFrame(`{"type":"gmcp","seq":1,"package":"A","data":${data}}`, limits);
}

function decodeExpiry(expires_at: string) {
  return decodeServer({ type: 'token', id: 'a', expires_at });
}

describe('the gateway', () => {
  it('reads a frame', () => {
    const frame = { type: 'command', seq: 1, text: 'kill rat' };
    expect(decodeClient(frame)).toEqual({ frame });
  });

  it('leaves behind what it does not know', () => {
    const text = '{"type":"hello","__proto__":{"a":1},"x":2,"client":{"name":"a","version":"1","os":"b"}}';
    const result = decodeClientFrame(text, limits);
    expect(result).toStrictEqual({ frame: { type: 'hello', client: { name: 'a', version: '1' } } });
  });

  it.each(['challenge', 'proof', 'welcome', 'constructor', '__proto__', 7, null, undefined])(
    'refuses the type %s',
    (type) => {
      expect(decodeClient({ type })).toEqual({
        problem: expect.stringContaining('type must be one of hello'),
      });
    },
  );

  it.each(['', 'hello', '[]', 'null', '1', '{"type":"ping"', '{"__proto__":{"type":"ping"}}'])(
    'refuses the text %s',
    (text) => {
      expect(decodeClientFrame(text, limits)).toEqual({ problem: expect.any(String) });
    },
  );

  it('names the field, and what was expected', () => {
    expect(decodeClient({ type: 'hello', resume: { token: 'a', offset: -1 } })).toEqual({
      problem: 'hello.resume.offset must be a whole number from 0 to 2^53-1',
    });
    expect(decodeClient({ type: 'window', columns: 80 })).toEqual({
      problem: 'window.rows must be a whole number from 1 to 65535',
    });
  });

  it.each([
    ['token', { type: 'hello', resume: { token: ['s3cret'] } }],
    ['text', { type: 'command', seq: 1, text: 's3cret\n' }],
    ['type', { type: 's3cret' }],
  ])('does not repeat the content of a bad %s', (_, frame) => {
    expect(JSON.stringify(decodeClient(frame))).not.toContain('s3cret');
    expect(JSON.stringify(decodeClientFrame('{"token": "s3cret" oops', limits))).not.toContain('s3cret');
  });

  it.each(['\r', '\n', '\0', 'a\nb', '\ud800', 'a\udc00\ud800'])(
    'refuses a command with %j in it',
    (text) => {
      expect(decodeClient({ type: 'command', seq: 1, text })).toHaveProperty('problem');
    },
  );

  it.each(['', '\t', '\u001b[A', 'é', '🐀'])('accepts a command with %j in it', (text) => {
    expect(decodeClient({ type: 'command', seq: 1, text })).toHaveProperty('frame');
  });

  it('measures a command in UTF-8 bytes', () => {
    expect(decodeClient({ type: 'command', seq: 1, text: '🐀'.repeat(5) })).toHaveProperty('frame');
    expect(decodeClient({ type: 'command', seq: 1, text: '🐀'.repeat(5) + 'a' })).toHaveProperty('problem');
  });

  it.each([0, -1, 1.5, 2 ** 53, '1', null])('refuses the command number %s', (seq) => {
    expect(decodeClient({ type: 'command', seq, text: '' })).toHaveProperty('problem');
  });

  it('takes a null for a value, not for an absent field', () => {
    expect(decodeClient({ type: 'hello', client: null })).toEqual({
      problem: 'hello.client must be an object',
    });
    const frame = { type: 'gmcp', seq: 1, package: 'A.B', data: null };
    expect(decodeClient(frame)).toEqual({ frame });
  });

  it.each(['', 'a b', 'a\n', 'é', 'a'.repeat(129), 7])('refuses the package %j', (name) => {
    expect(decodeClient({ type: 'gmcp', seq: 1, package: name })).toHaveProperty('problem');
  });

  it('leaves a token that is too long to whoever checks tokens, so that its answer is that of any other', () => {
    expect(decodeClient({ type: 'hello', resume: { token: 'a'.repeat(5000) } })).toHaveProperty('frame');
  });

  it('reads a replay of no more numbers than the queue can hold', () => {
    expect(decodeClient({ type: 'replay', run: [1, 2, 3] })).toHaveProperty('frame');
    expect(decodeClient({ type: 'replay', run: [1, 2, 3, 4] })).toHaveProperty('problem');
    expect(decodeClient({ type: 'replay', run: 'some' })).toHaveProperty('problem');
    expect(decodeClient({ type: 'replay', run: [1, -2] })).toHaveProperty('problem');
  });

  it('reads data as deep as it can be written again, and no deeper', () => {
    expect(decodeNested(64)).toHaveProperty('frame');
    expect(decodeNested(65)).toHaveProperty('problem');
    expect(decodeNested(32_000)).toHaveProperty('problem');
    expect(decodeClientFrame('['.repeat(65_536), limits)).toHaveProperty('problem');
  });

  it('refuses data that could change a prototype where it is merged', () => {
    const text = '{"type":"gmcp","seq":1,"package":"A","data":[{"__proto__":{"admin":true}}]}';
    expect(decodeClientFrame(text, limits)).toHaveProperty('problem');
  });
});

describe('the client', () => {
  it('leaves behind the fields that it does not know', () => {
    const frame = { type: 'output', offset: 1, text: 'A rat.' };
    expect(decodeServer({ ...frame, colour: 'brown' })).toStrictEqual({ frame });
  });

  it('ignores an unknown frame, unless it is an entry of the output', () => {
    expect(decodeServer({ type: 'weather', rain: true })).toEqual({ unknown: 'weather' });
    expect(decodeServer({ type: 'weather', offset: 3 })).toHaveProperty('problem');
    expect(decodeServer({ type: 3 })).toHaveProperty('problem');
  });

  it('takes errors and byes that it has no name for', () => {
    const error = { type: 'error', code: 'eclipse', message: 'Dark.', retry: 'later' };
    const bye = { type: 'bye', reason: 'eclipse', resume: true };
    expect(decodeServer(error)).toEqual({ frame: error });
    expect(decodeServer(bye)).toEqual({ frame: bye });
  });

  it('takes any text that a world prints', () => {
    const frame = { type: 'output', offset: 1, text: '\0\ud800\r\n' };
    expect(decodeServer(frame)).toEqual({ frame });
  });

  it('reads times with and without milliseconds, in UTC only', () => {
    expect(decodeExpiry('2026-12-18T20:00:00.000Z')).toHaveProperty('frame');
    expect(decodeExpiry('2026-12-18T20:00:00Z')).toHaveProperty('frame');
    expect(decodeExpiry('2026-12-18T20:00:00+01:00')).toHaveProperty('problem');
    expect(decodeExpiry('2026-13-18T20:00:00Z')).toHaveProperty('problem');
  });
});
