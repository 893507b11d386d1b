import { createDeflate, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deflated } from '../../../test/support/deflated.ts';
import { until } from '../../../test/support/upstream.ts';
import { Inflation } from './inflation.ts';

class Reader {
  text = '';
  rest: string | undefined;
  error: Error | undefined;
  readonly inflation = new Inflation({
    inflated: (bytes) => (this.text += Buffer.from(bytes).toString('latin1')),
    ended: (rest) => (this.rest = Buffer.from(rest).toString()),
    failed: (error) => (this.error = error),
  });
}

describe('Inflation', () => {
  it('gives each piece as it comes, however it is cut', async () => {
    const deflate = createDeflate();
    const first = await deflated(deflate, 'Hello, ');
    const second = await deflated(deflate, 'Ada.\n');
    const reader = new Reader();
    reader.inflation.push(first);
    await reader.inflation.drained();
    expect(reader.text).toBe('Hello, ');
    for (const byte of second) reader.inflation.push(Uint8Array.of(byte));
    await reader.inflation.drained();
    expect(reader.text).toBe('Hello, Ada.\n');
    reader.inflation.close();
  });

  it.each([0, 1, 100])(
    'hands back what comes behind the end of the stream, cut %i bytes before it',
    async (cut) => {
      const stream = deflateSync('x'.repeat(50_000));
      const bytes = Buffer.concat([stream, Buffer.from('plain')]);
      const reader = new Reader();
      const at = Math.max(0, stream.length - cut);
      reader.inflation.push(bytes.subarray(0, at));
      await reader.inflation.drained();
      reader.inflation.push(bytes.subarray(at));
      reader.inflation.push(Buffer.from(' text'));
      await until(() => expect(reader.rest).toBe('plain text'));
      expect(reader.text).toHaveLength(50_000);
    },
  );

  it('fails once on what is no zlib stream', async () => {
    const reader = new Reader();
    reader.inflation.push(Buffer.from('not compressed at all'));
    await reader.inflation.drained();
    expect(reader.error?.message).toContain('header');
    reader.inflation.push(Buffer.from('more'));
    await reader.inflation.drained();
    expect(reader.text).toBe('');
  });

  it('fails on a bomb, after a bounded part of it', async () => {
    const reader = new Reader();
    const bomb = deflateSync(Buffer.alloc(100 * 1_048_576));
    reader.inflation.push(bomb);
    await reader.inflation.drained();
    expect(reader.error?.message).toContain('beyond all measure');
    expect(reader.text.length).toBeLessThan(1_048_576 + 101 * bomb.length);
  });

  it('waits while it is told to', async () => {
    const reader = new Reader();
    let resume: () => void = () => undefined;
    reader.inflation.pauseUntil(new Promise((resolve) => (resume = resolve)));
    reader.inflation.push(deflateSync('text'));
    const other = new Reader();
    other.inflation.push(deflateSync('text'));
    await other.inflation.drained();
    expect(reader.text).toBe('');
    resume();
    await until(() => expect(reader.text).toBe('text'));
    reader.inflation.close();
    other.inflation.close();
  });
});
