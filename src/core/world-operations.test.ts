import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { DEFAULT_LIMITS as LIMITS } from './limits.ts';
import type { Commit } from './operation.ts';
import type { NewOutput } from './output-log.ts';
import { newSession, type Session, type StoredSession } from './session.ts';
import { commit } from './world-operations.ts';

const NOW = 1_000_000;
const TEXT = { kind: 'text', text: 'hello' } as const;

it('tells of a crash also when a process that wrote nothing ended in good order meanwhile', () => {
  const crashed = after(newSession('id', 'world', 60_000, NOW, false), { epoch: 'first', output: [TEXT] });
  const quiet = after(crashed, { epoch: 'second', settled: true });
  const { output = [] } = write(quiet, { epoch: 'third', output: [TEXT] });
  expect(output.map(({ kind }) => kind)).toEqual(['gap', 'text']);
});

it('tells of no crash after a writer that ended its own run', () => {
  const ended = after(newSession('id', 'world', 60_000, NOW, false), {
    epoch: 'first',
    output: [TEXT],
    settled: true,
  });
  const { output = [] } = write(ended, { epoch: 'second', output: [TEXT] });
  expect(output.map(({ kind }) => kind)).toEqual(['text']);
});

it('writes what is for the moment only while somebody is attached', () => {
  const sound = { kind: 'gmcp', package: 'Client.Media.Play', passing: true } as const;
  const there = newSession('id', 'world', 60_000, NOW, true);
  const away = newSession('id', 'world', 60_000, NOW, false);
  const facts = { epoch: 'first', output: [sound, TEXT] };
  expect(write(there, facts).output).toMatchObject([sound, TEXT]);
  expect(write(away, facts).output).toMatchObject([TEXT]);
});

describe('the line that a terminal shows again at a return', () => {
  const said = (...output: readonly NewOutput[]): Session =>
    output.reduce(
      (session, item) => after(session, { epoch: 'first', output: [item] }),
      newSession('id', 'world', 60_000, NOW, true),
    );
  const text = (value: string): NewOutput => ({ kind: 'text', text: value });
  const prompt = (value: string): NewOutput => ({ kind: 'text', text: value, prompt: true });
  const lineOf = ({ prompt: marked, unfinished }: Session): readonly (string | undefined)[] => [
    marked,
    unfinished,
  ];

  it.each<[string, readonly NewOutput[], readonly (string | undefined)[]]>([
    ['unfinished', [text('A quay.\nhp 20 > ')], [undefined, 'hp 20 > ']],
    ['in pieces', [text('A quay.\nhp'), text(''), text(' 20 > ')], [undefined, 'hp 20 > ']],
    ['ended', [text('hp 20 > '), text('\nA gull.\n')], [undefined, undefined]],
    ['marked', [text('A quay.\n'), prompt('> ')], ['> ', undefined]],
    ['marked behind a line', [prompt('A quay.\n> ')], ['> ', undefined]],
    ['marked later', [text('A quay.\n> '), prompt('')], ['> ', undefined]],
    ['marked, and a line came unasked', [prompt('> '), text('\nA gull.\n')], ['> ', undefined]],
    ['marked, and another was begun', [prompt('> '), text('Tom')], ['> ', 'Tom']],
  ])('%s', (_, output, line) => {
    expect(lineOf(said(...output))).toEqual(line);
  });

  it('is of a line without an end only the last part', () => {
    expect(said(text('x'.repeat(5000)), text('y'), text('z'.repeat(500))).unfinished).toBe(
      `${'x'.repeat(523)}y${'z'.repeat(500)}`,
    );
    expect(said(text('x'.repeat(5000))).unfinished).toBe('x'.repeat(1024));
    expect(said(prompt('x'.repeat(5000))).prompt).toBe('x'.repeat(1024));
  });
});

describe('the last values of packages', () => {
  const set = (session: Session, name: string, data: Json = 1): Session =>
    after(session, { epoch: 'first', output: [{ kind: 'gmcp', package: name, data, state: true }] });
  const many = (count: number, data: Json = 1): Session =>
    Array.from({ length: count }, (_, index) => `Map.P${index}`).reduce(
      (session, name) => set(session, name, data),
      newSession('id', 'world', 60_000, NOW, true),
    );

  it('are forgotten from the one that was set least recently on', () => {
    const session = set(set(many(LIMITS.statePackages), 'map.p0', 2), 'Char.Vitals');
    const names = Object.keys(session.states);
    expect(names).toHaveLength(LIMITS.statePackages);
    expect(names).not.toContain('map.p1');
    expect(names.slice(-2)).toEqual(['map.p0', 'char.vitals']);
    expect(session.states['map.p0']).toEqual({ package: 'map.p0', data: 2 });
  });

  it('are bounded together in bytes, and one that is too large for that leaves the others', () => {
    const session = many(6, 'é'.repeat(30_000));
    expect(Object.keys(session.states)).toEqual(['map.p2', 'map.p3', 'map.p4', 'map.p5']);
    expect(Object.keys(set(session, 'Map.P3', 'x'.repeat(LIMITS.stateBytes)).states)).toEqual([
      'map.p2',
      'map.p4',
      'map.p5',
    ]);
  });
});

it('does once what a writer says twice because it did not hear the answer', () => {
  const { commands, ...session } = newSession('id', 'world', 60_000, NOW, true);
  const waiting = { ...session, commands: { ...commands, accepted: 2 } };
  const first = { epoch: 'first', taken: 1, output: [TEXT] };
  const refusal = { epoch: 'first', told: 2, output: [TEXT] };
  const taken = after(waiting, first);
  const told = after(taken, refusal);
  for (const again of [first, refusal]) {
    expect(write(told, again)).toEqual({ outcome: { kind: 'committed', end: 2, session: told } });
  }
  expect(after(told, { epoch: 'first', taken: 2, output: [TEXT] }).output.end).toBe(3);
});

type Facts = Omit<Commit, 'kind' | 'lease'>;

function after(session: Session, facts: Facts): Session {
  return write(session, facts).session ?? session;
}

function write(session: Session, facts: Facts): ReturnType<typeof commit> {
  const stored: StoredSession = { session, commands: [], output: [] };
  return commit(stored, { kind: 'commit', lease: 1, ...facts }, NOW, LIMITS);
}
