import { describe, expect, it } from 'vitest';
import { styleAfter, styleSequence } from './text-style.ts';

const ESC = '\u001b';

describe('styleAfter', () => {
  it.each([
    ['', 'plain', ''],
    ['1;31', 'plain', '1;31'],
    ['', `${ESC}[1;31mred`, '1;31'],
    ['1;31', `${ESC}[0mplain`, ''],
    ['1;31', `${ESC}[mplain`, ''],
    ['1', `${ESC}[32mgreen${ESC}[33myellow`, '1;33'],
    ['1;3;4;7;31', `${ESC}[22;23;24;27mx`, '31'],
    ['31;44', `${ESC}[39mx`, '44'],
    ['31;44', `${ESC}[49mx`, '31'],
    ['91', `${ESC}[103m`, '91;103'],
    ['', `${ESC}[38;5;208m${ESC}[48;2;1;2;3m`, '38;5;208;48;2;1;2;3'],
    ['38;5;208', `${ESC}[1m`, '38;5;208;1'],
    ['38;5;208', `${ESC}[31m`, '31'],
    ['', `${ESC}[38:2::1:2:3mx`, '38:2::1:2:3'],
    ['', `${ESC}[0;1;0;4m`, '4'],
    ['1', `${ESC}[2J${ESC}[10;10H${ESC}[777m`, '1'],
    ['', `${ESC}[38;5m`, '38;5'],
    ['', `${ESC}[01;31mred${ESC}[00mplain`, ''],
    ['', `${ESC}[01;031mred`, '1;31'],
    ['1;31;44', `${ESC}[022;039;049mx`, ''],
    ['4', `${ESC}[038;05;208mx${ESC}[048:5:1mx`, '4;038;05;208;048:5:1'],
    ['038;05;208;048:5:1', `${ESC}[32;42mx`, '32;42'],
    ['1', `${ESC}[;4mx`, '4'],
    ['1', `${ESC}[98;108;4:3mx`, '1'],
  ])('of %j and %j is %j', (style, text, after) => {
    expect(styleAfter(style, text)).toBe(after);
  });

  it('is the same wherever the text is cut', () => {
    const text = `a${ESC}[1;31mred${ESC}[0mplain ${ESC}[38;5;208;4mx${ESC}[24my`;
    for (let at = 0; at <= text.length; at += 1) {
      expect(styleAfter(styleAfter('7', text.slice(0, at)), text.slice(at))).toBe('38;5;208');
    }
    let style = '7';
    for (const character of text) style = styleAfter(style, character);
    expect(style).toBe('38;5;208');
  });

  it('keeps no more of a sequence that never ends than one can be long', () => {
    let style = '1';
    for (let count = 0; count < 1000; count += 1) style = styleAfter(style, count === 0 ? `${ESC}[` : '1;');
    expect(style).toBe('1');
  });

  it('stays short, whatever comes', () => {
    const codes = Array.from({ length: 1000 }, (_, code) => `${ESC}[${code % 110}m${ESC}[38;5;${code}m`).join(
      '',
    );
    expect(styleAfter('', codes).length).toBeLessThan(80);
  });
});

describe('styleSequence', () => {
  it('makes text look so, and leaves out what is not whole', () => {
    expect(styleSequence('')).toBe('');
    expect(styleSequence('1;31')).toBe(`${ESC}[1;31m`);
    expect(styleSequence(`1;31${ESC}[3`)).toBe(`${ESC}[1;31m`);
    expect(styleSequence(`${ESC}[3`)).toBe('');
  });
});
