import { describe, expect, test } from 'vitest';
import { plain, table } from './text.ts';

describe('what the commands print', () => {
  test('lets no player write elsewhere on the operator’s terminal', () => {
    expect(plain('Ann\u001b[2J\u001b]0;x\u0007\r\n\u202eevil')).toBe('Ann?[2J?]0;x????evil');
    expect(plain('Zoë 日本')).toBe('Zoë 日本');
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
