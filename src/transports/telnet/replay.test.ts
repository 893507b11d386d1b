import { beforeEach, describe, expect, it } from 'vitest';
import type { OutputFrame } from '../../protocol/index.ts';
import { Replay } from './replay.ts';
import { Screen } from './screen.ts';
import { Terminal } from './terminal.ts';

const ESC = '\u001b';

let written: string;
let replay: Replay;

beforeEach(() => {
  written = '';
  const terminal = new Terminal({
    lineLimitBytes: 400,
    charset: 'utf-8',
    write: (bytes) => {
      written += Buffer.from(bytes).toString().replaceAll('\r\n', '\n').replaceAll(`${ESC}[0m`, '');
    },
    event: () => undefined,
    compress: undefined,
    listing: () => new Map(),
  });
  replay = new Replay({
    screen: new Screen(terminal),
    limits: { characters: 100, frames: 10 },
    opening: (lines) => `<${lines ?? 'many'}>`,
    closing: (lines) => (lines === undefined ? '</>' : `</${lines}>`),
    notice: ({ type }) => `(${type})`,
  });
});

function text(said: string, prompt?: true): OutputFrame {
  return { type: 'output', offset: 1, text: said, ...(prompt ? { prompt } : {}) };
}

function take(...frames: readonly OutputFrame[]): void {
  for (const frame of frames) replay.take(frame);
}

describe('a replay', () => {
  it('is counted before it is shown', () => {
    take(text('one\ntwo\n'), text('thr'), text('ee\n'));
    expect(written).toBe('');
    expect(replay.end()).toEqual({ text: '', isPrompt: false });
    expect(written).toBe('<3>\none\ntwo\nthree\n</>\n');
  });

  it('of nothing has no end', () => {
    replay.end();
    expect(written).toBe('<0>\n');
  });

  it('leaves out prompts but the last, and the line ends behind them, not their colours', () => {
    take(
      text('> ', true),
      text('\nBob waves.\n'),
      text(`${ESC}[31m[hp 1] `, true),
      text('red\n'),
      text('> ', true),
    );
    expect(replay.end()).toEqual({ text: '> ', isPrompt: true });
    expect(written).toBe(`<2>\nBob waves.\n${ESC}[31mred\n</>\n${ESC}[31m`);
  });

  it('leaves an unfinished line for the end', () => {
    take(text('one\nPass'), text('word: '));
    expect(replay.end()).toEqual({ text: 'Password: ', isPrompt: false });
    expect(written).toBe('<1>\none\n</>\n');
  });

  it('says in its place what is missing, or what became of a command', () => {
    take(text('one\n'));
    replay.take({ type: 'gap', from: 2, to: 3, reason: 'bound' });
    replay.take({ type: 'dropped', offset: 4, seq: 1, reason: 'failed' });
    take(text('two\n'));
    replay.end();
    expect(written).toBe('<2>\none\n(gap)\n(dropped)\ntwo\n</>\n');
  });

  it('plays no sound late', () => {
    take(text('!!SOUND(bell.wav V=50)\none\n!!MUS'), text('IC(x)\ntwo !!SOUND(y)\nHe shouts: !!SOUND\n'));
    replay.end();
    expect(written).toBe('<3>\none\ntwo \nHe shouts: !!SOUND\n</>\n');
  });

  it.each([
    ['characters', [text(`${'x'.repeat(98)}\n`), text('y\n'), text('z\n')]],
    ['frames', Array.from({ length: 12 }, () => text('x\n'))],
  ])('with more %s than are counted is shown as it comes, and counted afterwards', (_, frames) => {
    const shown = frames.map((frame) => replay.take(frame));
    expect(shown.slice(-3)).toEqual([frames.length !== 3, true, true]);
    expect(written.startsWith('<many>\n')).toBe(true);
    const said = frames.map((frame) => frame.text).join('');
    replay.end();
    expect(written).toBe(`<many>\n${said}</${frames.length}>\n`);
  });

  it('is shown at once where something else cannot wait', () => {
    take(text('one\n'));
    replay.show();
    expect(written).toBe('<many>\none\n');
    take(text('two\n'));
    expect(written).toBe('<many>\none\ntwo\n');
  });
});
