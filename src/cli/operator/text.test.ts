import { describe, expect, test } from 'vitest';
import { bytes, duration, plain, table } from './text.ts';

describe('what the commands print', () => {
  test('lets no player write elsewhere on the operator’s terminal', () => {
    expect(plain('Ann\u001b[2J\u001b]0;x\u0007\r\n\u202eevil')).toBe('Ann?[2J?]0;x????evil');
    expect(plain('Zoë 日本')).toBe('Zoë 日本');
  });

  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [42_000, '42 s'],
    [62_000, '1 min 2 s'],
    [11_520_000, '3 h 12 min'],
    [90_000_000, '1 d 1 h'],
  ])('has durations in their two largest units: %d ms', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [262_144, '262 kB'],
    [5e9, '5.0 GB'],
  ])('has sizes with three digits: %d', (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  test('aligns tables', () => {
    const rows = [
      { name: 'a', size: 1 },
      { name: 'long', size: 100 },
    ];
    const columns = [
      { title: 'NAME', text: (row: (typeof rows)[0]) => row.name },
      { title: 'SIZE', text: (row: (typeof rows)[0]) => String(row.size), align: 'right' as const },
    ];
    expect(table(rows, columns)).toBe('NAME  SIZE\na        1\nlong   100');
  });
});
