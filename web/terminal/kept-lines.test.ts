import { beforeEach, describe, expect, it } from 'vitest';
import { KeptLines, KEPT_LINES, type LineStorage } from './kept-lines.ts';
import { Screen, textOf } from './screen.ts';

let stored: Map<string, string>;
let storage: LineStorage;

beforeEach(() => {
  stored = new Map();
  storage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  };
});

/** A page that has been loaded: it shows what was kept. */
function load(): { readonly screen: Screen; readonly save: () => void } {
  const kept = new KeptLines(storage);
  const screen = new Screen((change) => kept.noted(change));
  screen.restore(kept.take());
  return { screen, save: () => kept.save(screen.lines) };
}

describe('kept lines', () => {
  it('are there after a reload, and after the next', () => {
    const first = load();
    first.screen.write('one\ntwo\n');
    first.save();
    const second = load();
    second.save();
    second.screen.write('three\n> ', true);
    second.save();
    const { screen } = load();
    expect(screen.lines.map(textOf)).toEqual(['one', 'two', 'three', '> ']);
    expect(screen.lines.at(-1)?.prompt).toBe('open');
  });

  it(`are the last ${KEPT_LINES}, in order, and no more is stored`, () => {
    const { screen, save } = load();
    for (let i = 0; i < 5000; i += 1) {
      screen.write(`${i}\n`);
      if (i % 7 === 0) save();
    }
    save();
    const size = stored.size;
    const again = load();
    expect(again.screen.lines.map(textOf)).toEqual(
      Array.from({ length: KEPT_LINES }, (_, i) => String(5000 - KEPT_LINES + i)),
    );
    again.save();
    expect(stored.size).toBeLessThanOrEqual(size);
    expect(load().screen.lines).toHaveLength(KEPT_LINES);
  });

  it('have dots for what may be a password', () => {
    const { screen, save } = load();
    screen.write('Password: ', true);
    screen.typed('hunter2', { typed: 'sent', isSecret: true });
    save();
    expect([...stored.values()].join('')).not.toContain('hunter2');
    expect(load().screen.lines.map(textOf)).toEqual(['Password: ••••••']);
  });

  it('show what was waiting as lost: it went with the page', () => {
    const { screen, save } = load();
    screen.typed('look', { typed: 'waiting' });
    save();
    expect(load().screen.lines[0]?.pieces[0]?.typed).toBe('lost');
  });

  it('change with the screen, and go when it is cleared', () => {
    const { screen, save } = load();
    for (let i = 0; i < 120; i += 1) screen.write(`${i}\n`);
    const place = screen.typed('look', { typed: 'waiting' });
    save();
    screen.settle(place, 'sent');
    save();
    expect(load().screen.lines.at(-1)?.pieces[0]?.typed).toBe('sent');
    screen.clear();
    save();
    expect([...stored.keys()]).toEqual([]);
  });

  it('do without a storage that throws, and without blocks that are enormous', () => {
    const { screen, save } = load();
    screen.write(`${'x'.repeat(16_000)}\n`.repeat(10));
    save();
    expect(stored.size).toBe(0);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    screen.write('small\n');
    save();
    stored.set('holdfast.lines.3', 'no JSON');
    expect(load().screen.lines).toEqual([]);
  });
});
