import { constants, createInflate, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { IAC, OPTION, SB, SE } from '../codes.ts';
import { TelnetParser } from '../parser.ts';
import { InflationBound, isMccp2Start, MCCP2_START } from './mccp2.ts';

describe('A compressed stream', () => {
  const compressed = deflateSync('The tide is turning.\r\n', { finishFlush: constants.Z_SYNC_FLUSH });
  const stream = Buffer.concat([Buffer.from('Welcome.\r\n'), MCCP2_START, compressed]);

  test('is announced by an empty subnegotiation', () => {
    expect([...MCCP2_START]).toEqual([IAC, SB, OPTION.MCCP2, IAC, SE]);
  });

  test('begins at the exact byte behind it, wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { plain, zlib } = receive([stream.subarray(0, cut), stream.subarray(cut)]);
      expect(plain).toBe('Welcome.\r\n');
      expect(zlib).toEqual(compressed);
    }
  });

  test('reads as what was compressed', () => {
    const { zlib } = receive([stream]);
    const text = inflateSync(zlib, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    expect(text).toBe('The tide is turning.\r\n');
  });
});

describe('The bound of inflation', () => {
  test('lets a game’s text pass, however long', () => {
    const bound = new InflationBound();
    for (let pieces = 0; pieces < 10_000; pieces += 1) {
      bound.received(1000);
      expect(bound.inflated(50_000)).toBe(true);
    }
  });

  test('lets a small piece grow much', () => {
    const bound = new InflationBound();
    bound.received(20);
    expect(bound.inflated(1_000_000)).toBe(true);
  });

  test('finds a bomb long before it is inflated', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
    const bound = new InflationBound();
    const inflate = createInflate();
    let inflated = 0;
    bound.received(bomb.length);
    inflate.end(bomb);
    for await (const piece of inflate) {
      inflated += piece.length;
      if (!bound.inflated(piece.length)) break;
    }
    expect(inflated).toBeLessThan(8 * 1024 * 1024);
  });
});

/** Splits a stream where its compression begins. */
function receive(chunks: readonly Uint8Array[]): { plain: string; zlib: Buffer } {
  const parser = new TelnetParser();
  const zlib: Uint8Array[] = [];
  let plain = '';
  let isCompressed = false;
  for (const chunk of chunks) {
    const consumed = isCompressed
      ? 0
      : parser.parse(chunk, (event) => {
          if (event.kind === 'data') plain += Buffer.from(event.bytes).toString();
          isCompressed ||= isMccp2Start(event);
          return isCompressed ? 'stop' : undefined;
        });
    zlib.push(chunk.subarray(consumed));
  }
  return { plain, zlib: Buffer.concat(zlib) };
}
