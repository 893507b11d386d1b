import { describe, expect, it } from 'vitest';
import { isSessionId, randomSessionId, sessionIdBytes, sessionIdFromBytes } from './session-id.ts';
import { seededCrypto } from '../../test/support/seeded-crypto.ts';

const ID = '6b1f4f6e-9d3f-4f43-8c43-0f1c2f6f7d10';

describe('a session id', () => {
  it('is a UUID of version 4 in lower case', () => {
    expect(isSessionId(ID)).toBe(true);
    for (const text of [
      ID.toUpperCase(),
      ID.replace('-4', '-1'),
      ID.replace('-8', '-c'),
      ` ${ID}`,
      `${ID}\n`,
      '',
    ]) {
      expect(isSessionId(text), text).toBe(false);
    }
  });

  it('is another one each time', () => {
    const crypto = seededCrypto(1);
    const ids = Array.from({ length: 100 }, () => randomSessionId(crypto));
    expect(ids.every(isSessionId)).toBe(true);
    expect(new Set(ids).size).toBe(100);
  });

  it('has 16 bytes, and is read from them', () => {
    expect(sessionIdFromBytes(sessionIdBytes(ID))).toBe(ID);
    expect(sessionIdFromBytes(new Uint8Array(16))).toBeUndefined();
    expect(sessionIdFromBytes(sessionIdBytes(ID).subarray(1))).toBeUndefined();
  });
});
