import { expect, test } from 'vitest';
import { OPTION } from '../codes.ts';
import { TimingMarks } from './timing-mark.ts';

test('any answer passes the oldest mark, be it agreement or refusal', () => {
  const marks = new TimingMarks<number>();
  expect(marks.mark(100)).toEqual({ verb: 'do', option: OPTION.TIMING_MARK });
  marks.mark(200);
  expect(marks.receive('wont')).toEqual({ passed: 100 });
  expect(marks.receive('will')).toEqual({ passed: 200 });
  expect(marks.outstanding).toBe(0);
});

test('an answer without a mark is nothing', () => {
  const marks = new TimingMarks<number>();
  expect(marks.receive('will')).toEqual({});
  expect(marks.receive('wont')).toEqual({});
  expect(marks.receive('dont')).toEqual({});
});

test('each question of the peer is answered, every time', () => {
  const marks = new TimingMarks<number>();
  const answer = { send: { verb: 'will', option: OPTION.TIMING_MARK } };
  expect(marks.receive('do')).toEqual(answer);
  expect(marks.receive('do')).toEqual(answer);
});

test('towards a client that never answers the marks come to an end', () => {
  const marks = new TimingMarks<number>(2);
  marks.mark(1);
  marks.mark(2);
  expect(marks.mark(3)).toBeUndefined();
  marks.receive('will');
  expect(marks.mark(3)).toBeDefined();
});
