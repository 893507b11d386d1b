import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latin1 } from '../utf8.ts';
import { MTTS, TerminalTypeCycle, TerminalTypeQuery, parseMtts } from './ttype.ts';

describe('Asking for the terminal type', () => {
  test('goes on until an answer repeats', () => {
    const query = new TerminalTypeQuery();
    expect(ask(query, ['TINTIN++', 'xterm', 'MTTS 137', 'MTTS 137', 'never'])).toBe(4);
    expect(query.report).toEqual({
      answers: ['TINTIN++', 'XTERM', 'MTTS 137'],
      clientName: 'TINTIN++',
      terminal: 'XTERM',
      mtts: 137,
    });
    expect(query.report.mtts! & MTTS.PROXY).toBe(MTTS.PROXY);
  });

  test('ends after five answers that all differ', () => {
    const query = new TerminalTypeQuery();
    expect(ask(query, ['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(5);
    expect(query.isAsking).toBe(false);
    expect(query.report.answers).toHaveLength(5);
  });

  test('ends at a client that has one answer, which is its terminal (RFC 1091)', () => {
    const query = new TerminalTypeQuery();
    expect(ask(query, ['vt100', 'VT100'])).toBe(2);
    expect(query.report).toEqual({ answers: ['VT100'], terminal: 'VT100' });
  });

  test('learns the name of a client that has one, and abilities', () => {
    const query = new TerminalTypeQuery();
    ask(query, ['plain', 'MTTS 4', 'MTTS 4']);
    expect(query.report).toEqual({ answers: ['PLAIN', 'MTTS 4'], clientName: 'PLAIN', mtts: 4 });
  });

  test('ends at an empty answer', () => {
    const query = new TerminalTypeQuery();
    expect(ask(query, ['', 'x'])).toBe(1);
    expect(query.report).toEqual({ answers: [] });
  });

  test('ignores answers that nobody asked for', () => {
    const query = new TerminalTypeQuery();
    expect(query.receive(answer('xterm'))).toBeUndefined();
    expect(query.report.answers).toEqual([]);
  });

  test('may begin anew', () => {
    const query = new TerminalTypeQuery();
    ask(query, ['a', 'a']);
    expect(ask(query, ['b', 'b'])).toBe(2);
    expect(query.report.answers).toEqual(['B']);
  });

  test('cleans what it is told', () => {
    const query = new TerminalTypeQuery();
    ask(query, [` \x1b[31mEvil\xff\r\n${'x'.repeat(1000)}`]);
    expect(query.report.terminal).toBe(`[31MEVIL${'X'.repeat(32)}`);
  });

  test('ends by itself whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (payloads) => {
        const query = new TerminalTypeQuery();
        query.start();
        const questions = payloads.filter((payload) => query.receive(payload) !== undefined);
        expect(questions.length).toBeLessThan(5);
      }),
    );
  });
});

describe('Telling the terminal type', () => {
  test('cycles: the last answer twice, then from the first again', () => {
    const cycle = new TerminalTypeCycle(['HOLDFAST', 'XTERM', 'MTTS 137']);
    const told = Array.from({ length: 6 }, () => latin1.decode(cycle.receive(Uint8Array.of(1))!.subarray(1)));
    expect(told).toEqual(['HOLDFAST', 'XTERM', 'MTTS 137', 'MTTS 137', 'HOLDFAST', 'XTERM']);
  });

  test('ends a query of our own', () => {
    const query = new TerminalTypeQuery();
    const cycle = new TerminalTypeCycle(['HOLDFAST', 'XTERM', 'MTTS 128']);
    let question: Uint8Array | undefined = query.start();
    while (question) question = query.receive(cycle.receive(question)!);
    expect(query.report).toMatchObject({ clientName: 'HOLDFAST', terminal: 'XTERM', mtts: 128 });
  });

  test('begins anew for a game that does', () => {
    const cycle = new TerminalTypeCycle(['A', 'B']);
    cycle.receive(Uint8Array.of(1));
    cycle.restart();
    expect(cycle.receive(Uint8Array.of(1))).toEqual(answer('A'));
  });

  test('answers nothing but the question', () => {
    const cycle = new TerminalTypeCycle(['A']);
    expect(cycle.receive(Uint8Array.of(0, 65))).toBeUndefined();
    expect(cycle.receive(new Uint8Array(0))).toBeUndefined();
  });
});

test('only an MTTS number is one', () => {
  expect(parseMtts('MTTS 2831')).toBe(2831);
  for (const text of ['MTTS', 'MTTS -1', 'MTTS 1x', 'XTERM', 'MTTS 99999999999999']) {
    expect(parseMtts(text)).toBeUndefined();
  }
});

/** Gives the answers as long as it is asked, and counts the questions. */
function ask(query: TerminalTypeQuery, answers: string[]): number {
  let questions = 0;
  let question: Uint8Array | undefined = query.start();
  for (const text of answers) {
    if (question === undefined) break;
    expect(question).toEqual(Uint8Array.of(1));
    questions += 1;
    question = query.receive(answer(text));
  }
  return questions;
}

function answer(text: string): Uint8Array {
  return Uint8Array.of(0, ...latin1.encode(text));
}
