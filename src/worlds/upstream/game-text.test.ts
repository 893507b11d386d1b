import { describe, expect, it } from 'vitest';
import { GAME_ENCODINGS, GameText, type GameEncoding } from './game-text.ts';

function isEncoding(name: string): name is GameEncoding {
  return name in GAME_ENCODINGS;
}

describe('GameText', () => {
  it('ends lines with \\n however the game ends them, at every split', () => {
    const bytes = Buffer.from('one\r\ntwo\n\rthree\r\0four\nfünf\r\r\n€ 🐉');
    for (let at = 0; at <= bytes.length; at += 1) {
      const text = new GameText('utf-8');
      const read = text.decode(bytes.subarray(0, at)) + text.decode(bytes.subarray(at));
      expect(read).toBe('one\ntwo\nthreefour\nfünf\n€ 🐉');
    }
  });

  it('reads what is malformed as the standard has it, at every split', () => {
    const bytes = Buffer.from([
      0xef, 0xbb, 0xbf, 0x61, 0xc3, 0x62, 0xe2, 0x82, 0x63, 0xff, 0xf0, 0x9f, 0x90, 0x89, 0xe2,
    ]);
    const standard = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    for (let at = 0; at <= bytes.length; at += 1) {
      const text = new GameText('utf-8');
      const read = text.decode(bytes.subarray(0, at)) + text.decode(bytes.subarray(at));
      expect(read + text.change('utf-8')).toBe(standard);
    }
  });

  it('reads and writes Latin-1', () => {
    const text = new GameText('latin1');
    expect(text.decode(Buffer.from('Stra\xdfe', 'latin1'))).toBe('Straße');
    expect(Buffer.from(text.encodeLine('sag Grüße'))).toEqual(Buffer.from('sag Gr\xfc\xdfe\r\n', 'latin1'));
  });

  it.each([
    ['cp437', 'é═▓', [0x82, 0xcd, 0xb2]],
    ['windows-1251', 'Яя', [0xdf, 0xff]],
    ['koi8-r', 'Яя', [0xf1, 0xd1]],
    ['gbk', '你好', [0xc4, 0xe3, 0xba, 0xc3]],
    ['big5', '你好', [0xa7, 0x41, 0xa6, 0x6e]],
  ] as const)('reads and writes %s, at every split', (encoding, written, bytes) => {
    const sent = bytes.flatMap((byte) => (byte === 0xff ? [byte, byte] : [byte]));
    expect([...Buffer.from(new GameText(encoding).encodeLine(written))]).toEqual([...sent, 13, 10]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const text = new GameText(encoding);
      const read = [bytes.slice(0, at), bytes.slice(at)].map((piece) => text.decode(Uint8Array.from(piece)));
      expect(read.join('')).toBe(written);
    }
  });

  it.each(Object.keys(GAME_ENCODINGS).filter(isEncoding))(
    'lets nothing in a line of %s end it early',
    (encoding) => {
      const text = new GameText(encoding);
      // U+010A and U+010D are LF and CR where only the low byte counts.
      const line = Buffer.from(text.encodeLine('say a\r\nquit\0\rb\nĊquitčquit 🐉'));
      expect([...line].filter((byte) => byte === 10 || byte === 13 || byte === 0)).toEqual([13, 10]);
      expect(line.subarray(-2).toString()).toBe('\r\n');
      expect(line.toString('latin1')).toMatch(/^say aquitb/);
    },
  );

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
