import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../src/gateway/index.ts';
import { ForcedGateway, type ForcedGatewayOptions } from './force/forced-gateway.ts';
import { ReconnectionToken } from '../src/core/index.ts';
import { LinePlayer } from './support/line-player.ts';
import { WebPlayer } from './support/web-player.ts';

// What the gateway tells the application that it runs in, and what that can do to sessions from outside.

let forced: ForcedGateway;

afterEach(() => forced.stop());

async function start(options: ForcedGatewayOptions = {}): Promise<void> {
  forced = await ForcedGateway.start(options);
}

/** A new player, with a token that is stored. */
async function enter(): Promise<{ player: WebPlayer; id: string; tokenId: string }> {
  const player = new WebPlayer(forced.http);
  const { session } = await player.frame('welcome');
  const { id } = await player.frame('token');
  player.say({ type: 'stored', id });
  return { player, id: session, tokenId: id };
}

function eventsOf<K extends GatewayEvent['kind']>(kind: K): Extract<GatewayEvent, { kind: K }>[] {
  return forced.events.filter((event): event is Extract<GatewayEvent, { kind: K }> => event.kind === kind);
}

async function refusal(kept: { readonly token: string }): Promise<string> {
  const stranger = new WebPlayer(forced.http, { type: 'hello', resume: kept });
  const { code } = await stranger.frame('error');
  await stranger.closed();
  return code;
}

describe('the events of a gateway', () => {
  it('tell of a resume how long it took', async () => {
    await start();
    const { player, id } = await enter();
    player.cut();
    await forced.left(id);
    await WebPlayer.resume(forced.http, player.kept);
    const [resumed] = eventsOf('resumed');
    expect(resumed).toMatchObject({ sessionId: id, takeover: false });
    expect(resumed?.tookMs).toBeGreaterThanOrEqual(0);
    expect(resumed?.tookMs).toBeLessThan(10_000);
  });

  it('count what a gap stands for, in entries and bytes, each part once', async () => {
    await start({ limits: { backlogBytes: 4096 } });
    const { player, id } = await enter();
    player.acknowledge();
    player.cut();
    await forced.left(id);
    const line = `${'x'.repeat(99)}\n`;
    for (let n = 0; n < 60; n += 1) forced.world.print(id, { kind: 'text', text: line });
    await forced.changed(id, ({ output }) => output.end === 60);
    const back = await WebPlayer.resume(forced.http, player.kept);
    await back.frame('caught_up');
    const [first] = eventsOf('gap');
    expect(first).toEqual({ kind: 'gap', sessionId: id, reason: 'bound', entries: 20, bytes: 2000 });

    back.acknowledge();
    await forced.changed(id, ({ output }) => output.acked === 60);
    back.cut();
    await forced.left(id);
    forced.world.print(id, 'y'.repeat(5000));
    for (let n = 0; n < 42; n += 1) forced.world.print(id, { kind: 'text', text: line });
    await forced.changed(id, ({ output }) => output.end === 103);
    const again = await WebPlayer.resume(forced.http, back.kept);
    await again.frame('caught_up');
    expect(eventsOf('gap').slice(1)).toEqual([
      { kind: 'gap', sessionId: id, reason: 'bound', entries: 3, bytes: 5201 },
    ]);
  });

  it('tell who was only asked to come again later', async () => {
    await start({ maxConnections: 1 });
    const { player, id } = await enter();
    expect(await refusal(player.kept)).toBe('server_full');
    expect(eventsOf('postponed')).toEqual([
      { kind: 'postponed', reason: 'server_full', transport: 'websocket' },
    ]);
    expect(eventsOf('refused')).toEqual([]);
    expect((await forced.session(id)).presence.attached).toBe(true);
  });

  it('tell of the end of a session that a player by Telnet was put into while they looked for their token', async () => {
    await start();
    const { player, id } = await enter();
    const token = ReconnectionToken.decode(player.kept.token)?.encodeCompact() ?? '';
    player.cut();
    await forced.left(id);
    const line = new LinePlayer(forced.telnet);
    // All offers are refused, so that nothing is waited for.
    for (const option of [24, 31, 39]) line.raw(Buffer.of(255, 252, option));
    for (const option of [25, 42, 69, 86, 201]) line.raw(Buffer.of(255, 254, option));
    const unused = await line.token();
    line.line(`reconnect ${token}`);
    await line.sees('Welcome back.');
    const [, meanwhile] = eventsOf('opened');
    await forced.until('the end of the other session', () => eventsOf('closed').length > 0);
    expect(eventsOf('closed')).toEqual([{ kind: 'closed', sessionId: meanwhile?.sessionId, reason: 'quit' }]);
    expect(await refusal({ token: unused })).toBe('token_refused');
    expect((await forced.session(id)).presence.attached).toBe(true);
    line.cut();
  });

  it('say that a token which was shown again cost its device all tokens, once', async () => {
    await start();
    const { player, id } = await enter();
    let { kept } = player;
    const first = kept;
    for (let n = 0; n < 3; n += 1) {
      const back = await WebPlayer.resume(forced.http, kept);
      await back.frame('caught_up');
      ({ kept } = back);
    }
    expect(await refusal(first)).toBe('token_refused');
    expect(await refusal(first)).toBe('token_refused');
    expect(eventsOf('refused').map(({ reason }) => reason)).toEqual(['reused', 'revoked']);
    expect(eventsOf('revoked')).toEqual([{ kind: 'revoked', sessionId: id, reason: 'reused' }]);
  });
});

describe('sessions, from outside', () => {
  it('lose the tokens of one device, and whoever is attached by it', async () => {
    await start();
    const { player, id, tokenId } = await enter();
    player.say({ type: 'link' });
    const link = await player.frame('token', ({ link: isLink }) => isLink === true);
    expect(await forced.gateway.sessions.revoke(id, 'nothing of the kind')).toBe(0);
    expect(await forced.gateway.sessions.revoke(id, tokenId)).toBe(1);
    expect((await player.frame('bye')).reason).toBe('revoked');
    expect(await player.closed()).toBe(4504);
    expect(await refusal(player.kept)).toBe('token_refused');
    const other = await WebPlayer.resume(forced.http, { token: link.value ?? '' });
    await other.frame('caught_up');
    expect(eventsOf('revoked')).toEqual([{ kind: 'revoked', sessionId: id, reason: 'revoked', tokenId }]);
    expect(await forced.gateway.sessions.revoke(id)).toBe(1);
    expect(await other.closed()).toBe(4504);
    expect(await forced.gateway.sessions.revoke(id)).toBe(0);
  });

  it('are closed, whether their player is there or away', async () => {
    await start();
    const { player, id } = await enter();
    expect(await forced.gateway.sessions.close(id)).toBe(true);
    expect(await player.closed()).toBe(4505);
    expect(await forced.gateway.sessions.close(id)).toBe(false);
    const away = await enter();
    away.player.cut();
    await forced.left(away.id);
    expect(await forced.gateway.sessions.close(away.id)).toBe(true);
    expect(eventsOf('closed').map(({ sessionId }) => sessionId)).toEqual([id, away.id]);
    expect(await refusal(away.player.kept)).toBe('token_refused');
  });
});

describe('a gateway that drains', () => {
  it('sends everybody away, takes nobody in, loses nothing, and takes them in again when told to', async () => {
    await start();
    const { player, id } = await enter();
    expect(await forced.gateway.drain()).toBe(1);
    expect(await player.frame('bye')).toMatchObject({ reason: 'drain', resume: true });
    expect(await player.closed()).toBe(4001);
    expect(forced.gateway.phase).toBe('draining');
    expect(await refusal(player.kept)).toBe('draining');
    forced.world.print(id, 'meanwhile');
    forced.gateway.accept();
    const back = await WebPlayer.resume(forced.http, player.kept);
    await back.sees('meanwhile');
    back.command('hello');
    await back.sees('You say, "hello"');
  });
});
