import { describe, expect, it } from 'vitest';
import { GameText } from './game-text.ts';

describe('GameText', () => {
  it('ends lines with \\n however the game ends them, at every split', () => {
    const bytes = Buffer.from('one\r\ntwo\n\rthree\r\0four\nfünf\r\r\n€ 🐉');
    for (let at = 0; at <= bytes.length; at += 1) {
      const text = new GameText('utf-8');
      const read = text.decode(bytes.subarray(0, at)) + text.decode(bytes.subarray(at));
      expect(read).toBe('one\ntwo\nthreefour\nfünf\n€ 🐉');
    }
  });

  it('reads and writes Latin-1', () => {
    const text = new GameText('latin1');
    expect(text.decode(Buffer.from('Stra\xdfe', 'latin1'))).toBe('Straße');
    expect(Buffer.from(text.encodeLine('sag Grüße'))).toEqual(Buffer.from('sag Gr\xfc\xdfe\r\n', 'latin1'));
  });

  it.each(['utf-8', 'latin1'] as const)('lets nothing in a line of %s end it early', (encoding) => {
    const text = new GameText(encoding);
    // U+010A and U+010D are LF and CR where only the low byte counts.
    const line = text.encodeLine('say a\r\nquit\0\rb\nĊquitčquit 🐉');
    expect([...line].filter((byte) => byte === 10 || byte === 13 || byte === 0)).toEqual([13, 10]);
    expect(Buffer.from(line.slice(-2)).toString()).toBe('\r\n');
    expect(Buffer.from(line).toString('latin1')).toMatch(/^say aquitb/);
  });

  it('writes ? for what Latin-1 does not have', () => {
    expect(Buffer.from(new GameText('latin1').encodeLine('Ċ€🐉')).toString('latin1')).toBe('???\r\n');
  });

  it('changes the encoding between characters', () => {
    const text = new GameText('utf-8');
    expect(text.decode(Uint8Array.of(0x61, 0xc3))).toBe('a');
    expect(text.change('latin1')).toBe('\ufffd');
    expect(text.decode(Uint8Array.of(0xe9))).toBe('é');
  });
});
