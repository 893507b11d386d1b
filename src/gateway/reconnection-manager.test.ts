import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import type { Store } from '../core/index.ts';
import { memoryStore } from '../stores/index.ts';
import { ReconnectionManager, type Reconnection } from './reconnection-manager.ts';
import { ReconnectionToken } from './index.ts';

let clock: ManualClock;
let store: Store;
let manager: ReconnectionManager;
let sessionId: string;

beforeEach(async () => {
  clock = new ManualClock();
  store = memoryStore({ clock });
  manager = new ReconnectionManager({ store, tokenTtlSeconds: 600 });
  sessionId = await manager.createSession({ account: 'ann' });
});

async function tokenText(): Promise<string> {
  const token = await manager.generateToken(sessionId);
  if (token === undefined) throw new Error('no token');
  return token.encode();
}

async function reconnected(text: string): Promise<Extract<Reconnection, { kind: 'reconnected' }>> {
  const result = await manager.reconnect(text);
  if (result.kind !== 'reconnected') throw new Error(`not reconnected: ${result.kind}`);
  return result;
}

describe('ReconnectionManager', () => {
  it('gives the session, what is queued, and a new token for a token', async () => {
    const token = await tokenText();
    await manager.queueCommand(sessionId, 'north');
    await manager.queueCommand(sessionId, 'kill rat');
    const result = await reconnected(token);
    expect(result.sessionId).toBe(sessionId);
    expect(result.queuedCommands.map(({ text }) => text)).toEqual(['north', 'kill rat']);
    expect(result.token.encode()).not.toBe(token);
  });

  it('gives the same again for the same token until the new one is confirmed', async () => {
    const token = await tokenText();
    await manager.queueCommand(sessionId, 'north');
    const first = await reconnected(token);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const again = await reconnected(token);
      expect(again.token.encodeCompact()).toBe(first.token.encodeCompact());
      expect(again.queuedCommands).toEqual(first.queuedCommands);
    }
  });

  it('takes delivered commands off the queue when the new token is confirmed, and no later ones', async () => {
    const { token } = await reconnected(await tokenText());
    expect(await manager.confirm(token.encode())).toBe(true);
    await manager.queueCommand(sessionId, 'first');
    const second = await reconnected(token.encode());
    await manager.queueCommand(sessionId, 'second');
    expect(await manager.confirm(second.token.encode())).toBe(true);
    expect((await manager.getQueuedCommands(sessionId)).map(({ text }) => text)).toEqual(['second']);
  });

  it('takes the use of the new token for its confirmation', async () => {
    const token = await tokenText();
    await manager.queueCommand(sessionId, 'first');
    const first = await reconnected(token);
    await manager.queueCommand(sessionId, 'second');
    const next = await reconnected(first.token.encode());
    expect(next.queuedCommands.map(({ text }) => text)).toEqual(['second']);
    expect(await manager.reconnect(token)).toMatchObject({ kind: 'later' });
  });

  it('asks the owner of a token that was just replaced to come again, and takes it for stolen after 10 s', async () => {
    const token = await tokenText();
    const next = await reconnected(token);
    await manager.confirm(next.token.encode());
    expect(await manager.reconnect(token)).toEqual({ kind: 'later', retryAfterMs: 10_000 });
    clock.advance(10_000);
    expect(await manager.reconnect(token)).toEqual({ kind: 'refused' });
    // The whole chain is revoked: whoever has its newest token may be the thief.
    expect(await manager.reconnect(next.token.encode())).toEqual({ kind: 'refused' });
  });

  it('spends nothing when it validates', async () => {
    const token = await tokenText();
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await manager.validateToken(token)).toBe(sessionId);
    const { token: next } = await reconnected(token);
    await manager.confirm(next.encode());
    expect(await manager.validateToken(token)).toBeUndefined();
    expect(await manager.validateToken(next.encode())).toBe(sessionId);
  });

  it('lets a session expire one time to live after the last reconnect, refresh or token', async () => {
    const token = await tokenText();
    clock.advance(599_000);
    expect(await manager.refresh(token)).toBeInstanceOf(ReconnectionToken);
    clock.advance(599_000);
    const { token: next } = await reconnected(token);
    clock.advance(600_000);
    expect(await manager.reconnect(next.encode())).toEqual({ kind: 'refused' });
    expect(await manager.refresh(next.encode())).toBeUndefined();
    expect(await manager.expire()).toEqual([sessionId]);
    expect(await manager.expire()).toEqual([]);
    for await (const session of manager.list()) expect.fail(`${session.sessionId} is still there`);
  });

  it('goes by its own record of the expiry, not by what the token says', async () => {
    const token = await tokenText();
    const forged =
      ReconnectionToken.decode(token)
        ?.withExpiry(clock.now() + 10 ** 9)
        .encode() ?? '';
    clock.advance(600_000);
    expect(await manager.reconnect(forged)).toEqual({ kind: 'refused' });
    await manager.expire();
    const other = await manager.createSession();
    const fresh = await manager.generateToken(other);
    const pessimist = fresh?.withExpiry(0).encode() ?? '';
    expect(await manager.reconnect(pessimist)).toMatchObject({ kind: 'reconnected', sessionId: other });
  });

  it('refuses what is malformed, unknown, revoked or of an ended session with one answer', async () => {
    const token = await tokenText();
    const stranger = ReconnectionToken.decode(token);
    await manager.revoke(token);
    const ended = await manager.createSession();
    const last = (await manager.generateToken(ended))?.encode() ?? '';
    await manager.endSession(ended);
    const secret = 'A'.repeat(32);
    const unknown = new ReconnectionToken(stranger?.sessionId ?? '', secret).encode();
    for (const text of ['', 'garbage', 'x'.repeat(10_000_000), token.slice(0, -9), unknown, token, last]) {
      expect(await manager.reconnect(text)).toEqual({ kind: 'refused' });
    }
  });

  it('refuses more commands than the queue holds, and keeps what it has', async () => {
    for (let i = 0; i < 100; i += 1) expect(await manager.queueCommand(sessionId, `${i}`)).toBe('queued');
    expect(await manager.queueCommand(sessionId, 'one too many')).toBe('full');
    expect(await manager.getQueuedCommands(sessionId)).toHaveLength(100);
    expect(await manager.queueCommand('no such session', 'x')).toBe('closed');
  });

  it('has no tokens when reconnection is not enabled', async () => {
    const off = new ReconnectionManager({ store, enableReconnection: false });
    const token = await tokenText();
    expect(await off.generateToken(sessionId)).toBeUndefined();
    expect(await off.reconnect(token)).toEqual({ kind: 'refused' });
    expect(await off.validateToken(token)).toBeUndefined();
  });

  it('works over a store that other processes use too: one of many racing reconnects makes the successor', async () => {
    const token = await tokenText();
    const others = Array.from({ length: 20 }, () => new ReconnectionManager({ store }));
    const results = await Promise.all(others.map((other) => other.reconnect(token)));
    const tokens = results.map((result) =>
      result.kind === 'reconnected' ? result.token.encodeCompact() : '',
    );
    expect(new Set(tokens).size).toBe(1);
  });

  it('keeps the secret out of whatever prints a token', async () => {
    const token = ReconnectionToken.decode(await tokenText());
    const { secret }: { secret: string } = JSON.parse(
      Buffer.from(token?.encode() ?? '', 'base64').toString(),
    );
    for (const shown of [
      JSON.stringify(token),
      inspect(token, { showHidden: true, depth: 9 }),
      String(token),
    ]) {
      expect(shown).not.toContain(secret);
    }
  });
});
