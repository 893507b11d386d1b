import { assert, json, oneof, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame } from '../protocol/index.ts';
import { readFrame } from './read-frame.ts';

const limits = {
  frame_bytes: 1,
  command_bytes: 1,
  queue_commands: 1,
  window_bytes: 1,
  window_entries: 1,
  ping_ms: 1,
};
const token = { id: 'a', expires_at: '2026-12-18T20:00:00.000Z', value: 'v' };
const situation = { echo: true, state: 'playing', world: 'up' };

/** One of each type, with nothing that may be absent. */
const SMALLEST: readonly Record<string, unknown>[] = [
  { type: 'welcome', session: 's', ...situation, limits },
  {
    type: 'resumed',
    session: 's',
    ...situation,
    token,
    limits,
    accepted: 0,
    own: 0,
    output: { from: 1, to: 0 },
    held: [],
    away_ms: 0,
  },
  { type: 'output', offset: 1, text: 'x' },
  { type: 'echo', offset: 1, on: false },
  { type: 'gmcp', package: 'Room.Info' },
  { type: 'dropped', offset: 1, seq: 1, reason: 'skipped' },
  { type: 'gap', from: 1, reason: 'bound' },
  { type: 'caught_up', offset: 0 },
  { type: 'accepted', seq: 1 },
  { type: 'token', id: 'a', expires_at: token.expires_at },
  { type: 'state', state: 'playing', world: 'up' },
  { type: 'pong' },
  { type: 'error', code: 'internal', message: 'm', retry: 'resume' },
  { type: 'bye', reason: 'quit', resume: false },
];

const GARBLED = { type: 'error', code: 'garbled', retry: 'never' };

describe('a frame', () => {
  it.each(SMALLEST)('of type $type is read as the gateway means it', (frame) => {
    expect(decodeServerFrame(JSON.stringify(frame))).toEqual({ frame });
    expect(readFrame(JSON.stringify(frame))).toEqual(frame);
  });

  it.each(SMALLEST)('of type $type is garbled without any of its fields, and with a wrong one', (frame) => {
    for (const name of Object.keys(frame)) {
      const { [name]: value, ...rest } = frame;
      const wrong = { ...frame, [name]: typeof value === 'object' ? null : [] };
      if (name !== 'type') expect(readFrame(JSON.stringify(rest))).toMatchObject(GARBLED);
      expect(readFrame(JSON.stringify(wrong))).toMatchObject(GARBLED);
    }
  });

  it('of an unknown type is passed over, unless it is an entry of the output', () => {
    expect(readFrame('{"type":"news"}')).toBeUndefined();
    expect(readFrame('{"type":"toString"}')).toBeUndefined();
    expect(readFrame('{"type":"news","offset":7}')).toMatchObject(GARBLED);
  });

  it('is garbled where it is none, and nothing throws', () => {
    assert(
      property(oneof(string(), json(), uint8Array()), (text) => {
        const decoded = decodeServerFrame(String(text));
        if ('problem' in decoded) expect(readFrame(text)).toMatchObject(GARBLED);
      }),
    );
  });
});
