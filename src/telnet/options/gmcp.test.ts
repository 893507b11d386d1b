import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../utf8.ts';
import { decodeGmcp, encodeGmcp, isSamePackage } from './gmcp.ts';

describe('A GMCP message', () => {
  test('reads as it was', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(decodeGmcp(encodeGmcp('Char.Vitals', json))).toEqual({
          kind: 'message',
          package: 'Char.Vitals',
          json: json.trim(),
          data: JSON.parse(json),
        });
      }),
    );
  });

  test('may come without data', () => {
    expect(decodeGmcp(utf8.encode('Core.Ping'))).toEqual({ kind: 'message', package: 'Core.Ping' });
    expect(decodeGmcp(utf8.encode('Core.Ping \n'))).toEqual({ kind: 'message', package: 'Core.Ping' });
    expect(encodeGmcp('Core.Ping')).toEqual(utf8.encode('Core.Ping'));
  });

  test('keeps the text of its data, so that handing on loses nothing', () => {
    const message = decodeGmcp(utf8.encode('Room.Info {"id": 12345678901234567890, "x": 1.0}'));
    expect(message).toMatchObject({ json: '{"id": 12345678901234567890, "x": 1.0}' });
  });

  test('may lack the space before its data, or have more', () => {
    expect(decodeGmcp(utf8.encode('Room.Info{"a":1}'))).toMatchObject({
      package: 'Room.Info',
      data: { a: 1 },
    });
    expect(decodeGmcp(utf8.encode('Room.Info \t[1]'))).toMatchObject({ package: 'Room.Info', data: [1] });
  });

  test('with data that is not JSON is a value that says so', () => {
    expect(decodeGmcp(utf8.encode('Comm.Say hello'))).toEqual({
      kind: 'invalid',
      reason: 'json',
      package: 'Comm.Say',
    });
  });

  test.each(['', ' {"a":1}', 'Häuser 1', `${'x'.repeat(129)} 1`, 'a\x1bb'])('needs a name: %j', (text) => {
    expect(decodeGmcp(utf8.encode(text))).toEqual({ kind: 'invalid', reason: 'name' });
  });

  test('over the limit is not read', () => {
    const payload = utf8.encode(`A "${'x'.repeat(20_000)}"`);
    expect(decodeGmcp(payload)).toEqual({ kind: 'invalid', reason: 'oversize' });
    expect(decodeGmcp(payload, { payloadLimitBytes: 30_000 })).toMatchObject({ kind: 'message' });
  });

  test('nested so deep that it would break whoever walks it is not read', () => {
    expect(decodeGmcp(nested(32))).toMatchObject({ kind: 'message' });
    expect(decodeGmcp(nested(33))).toEqual({ kind: 'invalid', reason: 'depth', package: 'A' });
    expect(decodeGmcp(utf8.encode(`A ${JSON.stringify('["\\'.repeat(100))}`))).toMatchObject({
      kind: 'message',
    });
  });

  test('of any bytes is a value, and soon', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(decodeGmcp(payload).kind).toMatch(/message|invalid/);
      }),
    );
    const hostile = utf8.encode(`A "${'\\"'.repeat(8000)}`);
    const start = performance.now();
    expect(decodeGmcp(hostile).kind).toBe('invalid');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

test('package names know no case', () => {
  expect(isSamePackage('core.hello', 'Core.Hello')).toBe(true);
  expect(isSamePackage('Core.Hello', 'Core.Ping')).toBe(false);
});

function nested(depth: number): Uint8Array {
  return utf8.encode(`A ${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`);
}
