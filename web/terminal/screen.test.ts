import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_LINES, Screen, textOf, type ScreenLine } from './screen.ts';

const ESC = '\u001b';

/** What somebody has who only hears of the changes. */
let heard: ScreenLine[];
let screen: Screen;

beforeEach(() => {
  heard = [];
  screen = new Screen(({ kind, line }) => {
    if (kind === 'added') heard.push(line);
    else if (kind === 'removed') heard = heard.filter(({ id }) => id !== line.id);
    else heard = heard.map((each) => (each.id === line.id ? line : each));
  });
});

function texts(): readonly string[] {
  expect(heard).toEqual(screen.lines);
  return heard.map(textOf);
}

describe('the screen', () => {
  it('puts parts of lines together, and takes several at once', () => {
    for (const text of ['The gu', 'lls\nare', '\n\nquiet']) screen.write(text);
    expect(texts()).toEqual(['The gulls', 'are', '', 'quiet']);
  });

  it('keeps colours over lines and parts', () => {
    screen.write(`${ESC}[31mred\nstill`);
    screen.write(` red${ESC}[0m, not`);
    expect(heard[1]?.pieces).toEqual([
      { text: 'still', style: { fg: 1 } },
      { text: ' red', style: { fg: 1 } },
      { text: ', not', style: {} },
    ]);
  });

  it('writes what is typed behind the prompt, and ends the line', () => {
    screen.write('> ', true);
    const place = screen.typed('look', { typed: 'waiting' });
    screen.write('A quay.\n');
    expect(texts()).toEqual(['> look', 'A quay.']);
    screen.settle(place, 'sent');
    expect(texts()).toEqual(['> look', 'A quay.']);
    expect(heard[0]?.pieces[1]).toEqual({ text: 'look', style: {}, typed: 'sent' });
    expect(heard[0]?.prompt).toBe('answered');
  });

  it('does not show the prompt of before again at a return, where something waits at it', () => {
    screen.write('> ', true);
    screen.typed('look', { typed: 'waiting' });
    screen.beginMissed();
    screen.write('> ', true);
    expect(screen.caughtUp()).toBe(0);
    screen.write('A quay.\n');
    screen.write('> ', true);
    expect(texts()).toEqual(['> look', 'A quay.', '> ']);
  });

  it('knows a prompt at a return that the game has not marked, where it still stands', () => {
    screen.write('A quay.\nhp 20 > ');
    screen.beginMissed();
    screen.write(`${ESC}[1mhp 20${ESC}[0m > `, true);
    screen.caughtUp();
    screen.write('A gull.\nhp 20 > ', true);
    expect(texts()).toEqual(['A quay.', 'A gull.', 'hp 20 > ']);
  });

  it('shows a prompt again at a return that does not stand there any more', () => {
    screen.write('hp 20 > ');
    screen.say('away', 'While you were away');
    screen.beginMissed();
    screen.write('hp 20 > ', true);
    expect(texts()).toEqual(['hp 20 > ', 'While you were away', 'hp 20 > ']);
  });

  it('begins a new line where something happens while a prompt waits, whether the game does so or not', () => {
    screen.write('> ', true);
    screen.write('A gull.\n');
    screen.write('# ', true);
    screen.write('\nA ship.\n');
    expect(texts()).toEqual(['> ', 'A gull.', '# ', 'A ship.']);
  });

  it('lets a prompt that nothing was typed at move down', () => {
    screen.write('> ', true);
    screen.write('\nA gull.\n');
    screen.write('> ', true);
    screen.write('\nA ship.\n');
    screen.write('> ', true);
    screen.typed('look', {});
    screen.write('> ', true);
    expect(texts()).toEqual(['A gull.', 'A ship.', '> look', '> ']);
  });

  it('does not write an empty line where the page has ended the line of a prompt itself', () => {
    screen.write('> ', true);
    screen.say('away', 'While you were away');
    screen.write('\nA gull.\n\nA ship.\n');
    expect(texts()).toEqual(['> ', 'While you were away', 'A gull.', '', 'A ship.']);
  });

  it('does not write an empty line where the game ends the line of what it hides', () => {
    screen.write('Password: ', true);
    screen.typed('••••••', { isSecret: true }, true);
    screen.write('\nWelcome.\n');
    expect(texts()).toEqual(['Password: ••••••', 'Welcome.']);
  });

  it('says things of its own in lines of their own, and rewords them', () => {
    screen.write('The gu');
    const id = screen.say('note', 'Connection lost.');
    screen.write('lls\n');
    screen.reword(id, 'Back.');
    expect(texts()).toEqual(['The gu', 'Back.', 'lls']);
    expect(heard.map(({ kind }) => kind)).toEqual(['text', 'note', 'text']);
  });

  it('knows a prompt also by a mark that comes later than its text', () => {
    screen.write('A gull.\n> ');
    screen.write('', true);
    screen.write('A ship.\n> ');
    screen.write('', true);
    expect(texts()).toEqual(['A gull.', 'A ship.', '> ']);
  });

  it('counts the lines that were missed: not the prompts, not the empty ones, and none that has not ended', () => {
    screen.write(`before ${ESC}[31m`);
    screen.say('away', 'While you were away');
    screen.beginMissed();
    screen.write('one\n\ntwo\n');
    screen.write('> ', true);
    screen.write('\nthree\nfou');
    expect(screen.caughtUp()).toBe(3);
    screen.write('r\n');
    expect(heard.filter(({ isMissed }) => isMissed).map(textOf)).toEqual([
      'one',
      '',
      'two',
      '> ',
      'three',
      'four',
    ]);
    expect(heard.at(-1)?.pieces.every(({ style }) => style.fg === undefined)).toBe(true);
    expect(screen.caughtUp()).toBe(0);
  });

  it('puts back lines, and goes on after them', () => {
    screen.restore([
      { kind: 'text', pieces: [{ text: 'old', style: {} }] },
      { kind: 'text', pieces: [{ text: '> ', style: {} }], prompt: 'open' },
    ]);
    screen.write('\nnew\n');
    screen.write('> ', true);
    expect(texts()).toEqual(['old', 'new', '> ']);
  });

  it(`has ${MOST_LINES} lines at most; the oldest go`, () => {
    for (let i = 0; i < MOST_LINES + 10; i += 1) screen.write(`${i}\n`);
    expect(texts()).toHaveLength(MOST_LINES);
    expect(texts()[0]).toBe('10');
  });

  it('breaks a line that does not end', () => {
    for (let i = 0; i < 40; i += 1) screen.write('x'.repeat(1000));
    expect(heard.length).toBeGreaterThan(2);
    expect(texts().join('')).toHaveLength(40_000);
  });

  it('is empty after it was cleared', () => {
    screen.write(`a\nb${ESC}[31m`);
    screen.clear();
    screen.write('c');
    expect(texts()).toEqual(['c']);
    expect(heard[0]?.pieces).toEqual([{ text: 'c', style: {} }]);
  });
});
