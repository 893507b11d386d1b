import { beforeEach, describe, expect, it } from 'vitest';
import { ClientText } from './client-text.ts';

const ESC = '\u001b';

let text: ClientText;

beforeEach(() => {
  text = new ClientText('latin1');
});

function written(...pieces: readonly string[]): string {
  return pieces.map((piece) => Buffer.from(text.encode(piece)).toString('latin1')).join('');
}

describe('the text of a client', () => {
  it('is in the character set that was settled, or was told, or that a bit says, or that the operator set', () => {
    expect(written('é')).toBe('\xe9');
    text.learn({ mtts: 4 });
    expect(text.charset).toBe('utf-8');
    text.learn({ mtts: 4, told: 'ISO-8859-1' });
    expect(text.charset).toBe('latin1');
    text.learn({ mtts: 4, told: 'ISO-8859-1', agreed: 'cp437' });
    expect(written('é')).toBe('\x82');
    text.learn({ mtts: 9, told: 'KOI8-R' });
    expect(text.charset).toBe('latin1');
  });

  it('ends its lines as Telnet does', () => {
    expect(written('a\nb\r\nc')).toBe('a\r\nb\r\nc');
  });

  it.each([
    [{}, true],
    [{ mtts: 137 }, true],
    [{ mtts: 8 }, false],
    [{ mtts: 0 }, false],
    [{ terminal: 'DUMB' }, false],
    [{ terminal: 'DUMB', mtts: 1 }, true],
    [{ terminal: 'XTERM' }, true],
  ])('of one that says %j has colours: %s', (reading, hasColours) => {
    text.learn(reading);
    expect(written(`${ESC}[1;31mred${ESC}[0m`)).toBe(hasColours ? `${ESC}[1;31mred${ESC}[0m` : 'red');
  });

  it('without colours has no part of a sequence either, wherever it was cut', () => {
    text.learn({ mtts: 0 });
    const said = `a${ESC}[1;31mred${ESC}]0;title\u0007 b${ESC}7c${ESC}(Bd`;
    for (let at = 0; at <= said.length; at += 1) {
      expect(written(said.slice(0, at), said.slice(at))).toBe('ared bcd');
    }
    expect(written(...said.split(''))).toBe('ared bcd');
  });

  it('shows what only looks like the beginning of one, when it gets too long', () => {
    text.learn({ mtts: 0 });
    expect(written(`${ESC}[${'1;'.repeat(100)}`)).toContain('1;1;');
  });
});

it.each([
  ['', ''],
  ['\n', '\r\n'],
  ['A room.', 'A room.'],
  ['A room.\n', 'A room.\r\n'],
  ['A room.\r\n', 'A room.\r\n'],
  ['A room.\n\n', 'A room.\r\n\r\n'],
  ['one\ntwo', 'one\r\ntwo'],
  ['one\r\ntwo\n', 'one\r\ntwo\r\n'],
])('ends lines as Telnet does: %j', (shown, sent) => {
  expect(new ClientText('utf-8').encode(shown)).toBe(sent);
});
