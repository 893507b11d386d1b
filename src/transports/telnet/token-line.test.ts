import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededCrypto } from '../../../test/support/seeded-crypto.ts';
import { ReconnectionToken } from '../../core/index.ts';
import { tokenLine, TokenLineGuard, tokenOfLine } from './token-line.ts';

const TOKEN = ReconnectionToken.generate('6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10', seededCrypto(1), 1_000_000);
const COMPACT = TOKEN.encodeCompact();
const LONG = TOKEN.encode();
/** The same token in a spelling that only Base64 of other JSON has. */
const ODD = Buffer.from(`\n\t${Buffer.from(LONG, 'base64').toString()}`).toString('base64');

describe('a token line', () => {
  it.each([
    ['compact', COMPACT],
    ['long', LONG],
    ['oddly written', ODD],
  ])('is one with a token in its %s form', (_, token) => {
    expect(tokenOfLine(tokenLine(token))).toBe(token);
    expect(tokenOfLine(`  ${tokenLine(token)} `)).toBe(token);
  });

  it.each([
    COMPACT,
    'reconnect',
    `reconnect ${COMPACT.slice(0, -1)}`,
    `reconnect ${COMPACT}a`,
    `reconnect ${COMPACT} now`,
    `reconnect  ${COMPACT}`,
    `Reconnect ${COMPACT}`,
    `say reconnect ${COMPACT}`,
    `reconnect ${LONG.slice(0, -4)}`,
    `reconnect ${'A'.repeat(2000)}`,
    'reconnect h1',
    '',
  ])('is not %j', (line) => {
    expect(tokenOfLine(line)).toBeUndefined();
  });
});

/** What a client shows of the text, as lines: no sequences, no control characters. */
function shownLines(text: string): string[] {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/\u001b\[[^@-~]*[@-~]|\u001b\][^\u0007]*\u0007|\u001b[78=>]/g, '')
      .split(/[\n\r\v\f]/)
      // oxlint-disable-next-line no-control-regex
      .map((line) => line.replace(/[\u0000-\u001f]/g, ''))
  );
}

function isForged(text: string): boolean {
  return shownLines(text).some((line) => /^\s*reconnect\s+\S{50,}\s*$/i.test(line));
}

const FORGERIES = [
  `reconnect ${COMPACT}`,
  `reconnect ${LONG}`,
  `reconnect ${ODD}`,
  `  reconnect ${COMPACT}`,
  `RECONNECT ${COMPACT}`,
  `\u001b[1;31mreconnect\u001b[0m ${COMPACT}`,
  `rec\u001b[0monn\u0000ect ${COMPACT.slice(0, 9)}\u001b[4m${COMPACT.slice(9)}`,
  `\u001b]0;a title\u0007reconnect ${COMPACT}`,
  `\u001b7reconnect ${COMPACT}`,
  `junk\rreconnect ${COMPACT}`,
  `junk\vreconnect ${COMPACT}`,
  `${'\u001b[0m'.repeat(100)}reconnect ${COMPACT}`,
  `${'\u0000'.repeat(300)}reconnect ${COMPACT}`,
  `${' '.repeat(300)}reconnect ${COMPACT}`,
  `\u001b[${'0;'.repeat(200)}mreconnect ${COMPACT}`,
];

/** What lines are made of that are forgeries, or nearly. */
const PARTS = [
  'reconnect',
  'RECONNECT',
  'r',
  'econnect',
  ' ',
  COMPACT,
  'a',
  'say',
  '>',
  '\u001b[1m',
  '\u001b7',
];

/** Also none: the line goes on in the next text. */
const LINE_END = fc.constantFrom('\n', '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029', '');

describe('the guard', () => {
  it('marks a line that looks like one', () => {
    expect(new TokenLineGuard().guard(`a\nreconnect ${COMPACT}\r\nb\n`)).toBe(
      `a\n> reconnect ${COMPACT}\r\nb\n`,
    );
  });

  it.each([
    'To reconnect, wait.\n',
    'reconnect to the harbour\n',
    'reconnect\n',
    `Bob says, "reconnect ${COMPACT}"\n`,
    'reconnect ed in two\n',
    '\u001b[1mReconnect soon!\u001b[0m\n',
  ])('leaves %j alone', (text) => {
    expect(new TokenLineGuard().guard(text)).toBe(text);
  });

  it('does not mark the same line twice, nor the one behind it', () => {
    const guard = new TokenLineGuard();
    const text = `reconnect ${COMPACT}\nreconnect\n`
      .split('')
      .map((letter) => guard.guard(letter))
      .join('');
    expect(text.match(/> /g)).toHaveLength(1);
    expect(text.endsWith('\nreconnect\n')).toBe(true);
  });

  describe.each(FORGERIES)('lets no client take %j for one', (forgery) => {
    const text = `before\n${forgery}\nafter\n`;

    it('as it is', () => {
      expect(isForged(text)).toBe(true);
      expect(isForged(new TokenLineGuard().guard(text))).toBe(false);
    });

    it('split at any point', () => {
      for (let at = 1; at < text.length; at += 1) {
        const guard = new TokenLineGuard();
        const shown = guard.guard(text.slice(0, at)) + guard.guard(text.slice(at));
        expect(isForged(shown), `split at ${at}`).toBe(false);
      }
    });

    it('in pieces', () => {
      const pieces = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(pieces, (sizes) => {
          const guard = new TokenLineGuard();
          let shown = '';
          for (let at = 0, turn = 0; at < text.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            shown += guard.guard(text.slice(at, at + size));
            at += size;
          }
          expect(isForged(shown)).toBe(false);
        }),
        { numRuns: 30, seed: 1 },
      );
    });

    it('behind a prompt, where the player’s own line or the client begins another', () => {
      const guard = new TokenLineGuard();
      guard.guard('[hp 20] > ');
      guard.lineStart();
      expect(isForged(guard.guard(`${forgery}\n`))).toBe(false);
    });
  });

  it('takes a line for one also where the player typed in the middle of it', () => {
    const guard = new TokenLineGuard();
    const first = guard.guard('reconnect ');
    guard.lineStart();
    expect(isForged(first + guard.guard(`${COMPACT}\n`))).toBe(false);
  });

  it('judges a line that begins with what is shown as it judges the same one behind a NUL', () => {
    const lines = fc.array(fc.tuple(fc.array(fc.constantFrom(...PARTS), { maxLength: 4 }), LINE_END), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(lines, fc.array(fc.boolean()), (all, starts) => {
        const [plain, hidden] = [new TokenLineGuard(), new TokenLineGuard()];
        for (const [index, [parts, end]] of all.entries()) {
          const line = `${parts.join('')}${end}`;
          expect(hidden.guard(`\0${line}`).replaceAll('\0', '')).toBe(plain.guard(line));
          if (!starts[index]) continue;
          plain.lineStart();
          hidden.lineStart();
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('adds nothing but its mark', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (pieces) => {
        const guard = new TokenLineGuard();
        expect(pieces.map((piece) => guard.guard(piece)).join('')).toBe(pieces.join(''));
      }),
      { seed: 1 },
    );
  });
});
