import { afterEach, describe, expect, it } from 'vitest';
import type { FrontDoor, World, WorldPlayer, WorldSession } from '../src/core/index.ts';
import { createGateway, nodeClock, type Gateway, type GatewayEvent } from '../src/gateway/index.ts';
import { memoryStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

/** A world in which the first line is an account, and every other one is repeated with its count. */
class Parrots implements World {
  readonly name = 'parrots';
  readonly delivery = 'commit';
  readonly frontDoor: FrontDoor;
  readonly sessions = new Map<string, WorldSession>();

  constructor(frontDoor: FrontDoor) {
    this.frontDoor = frontDoor;
  }

  open(session: WorldSession): WorldPlayer {
    let count = 0;
    session.send({ kind: 'text', text: 'Who?\n' });
    return {
      command: ({ text = '' }) => {
        if (count === 0) {
          this.sessions.set(session.id, session);
          session.playing(text);
        }
        count += 1;
        return { output: [{ kind: 'text', text: `${count} ${text}\n` }] };
      },
      closed: () => this.sessions.delete(session.id),
    };
  }
}

let gateway: Gateway;
let world: Parrots;
let ports: { readonly telnet: number; readonly http: number };
const events: GatewayEvent[] = [];
const changes = new Changes();

async function start(frontDoor: FrontDoor): Promise<void> {
  world = new Parrots(frontDoor);
  events.length = 0;
  gateway = createGateway({
    world,
    store: memoryStore({ clock: nodeClock }),
    transports: [telnet({ port: 0, clock: nodeClock }), websocket({ port: 0 })],
    onEvent: (event) => {
      events.push(event);
      changes.changed();
    },
  });
  const [line, web] = await gateway.listen();
  ports = { telnet: line?.port ?? 0, http: web?.port ?? 0 };
}

/** Ann plays, and her connection is lost. */
async function leave(): Promise<WebPlayer> {
  const ann = await WebPlayer.enter(ports.http, 'ann');
  await ann.sees('1 ann');
  ann.acknowledge();
  ann.command('hello');
  await ann.sees('2 hello');
  ann.acknowledge();
  ann.cut();
  await changes.until('her to be away', () => events.some(({ kind }) => kind === 'detached'));
  for (const session of world.sessions.values()) session.send({ kind: 'text', text: 'meanwhile\n' });
  return ann;
}

afterEach(() => gateway.close());

describe('an account that logs in while its session is kept', () => {
  it('is sent to the kept session by WebSocket, where the old tokens are revoked', async () => {
    await start('resume');
    const before = await leave();
    const door = new WebPlayer(ports.http);
    await door.sees('Who?');
    door.command('ann');
    const bye = await door.frame('bye');
    expect(bye).toMatchObject({ reason: 'welcome_back', resume: true });
    expect(await door.closed()).toBe(4002);
    expect(door.framesOf('accepted').at(-1)?.seq).toBe(1);

    const back = await WebPlayer.resume(ports.http, { token: bye.token?.value ?? '' });
    await back.sees('meanwhile');
    expect(back.framesOf('resumed')[0]?.session).toBe(before.framesOf('welcome')[0]?.session);
    back.command('again');
    await back.sees('3 again');
    const old = new WebPlayer(ports.http, { type: 'hello', resume: before.kept });
    expect((await old.frame('error')).code).toBe('token_refused');
    expect(world.sessions.size).toBe(1);
  });

  it('goes on in the kept session by Telnet, over the same connection', async () => {
    await start('resume');
    await leave();
    const back = new LinePlayer(ports.telnet);
    back.line('ann');
    await back.sees('meanwhile');
    back.line('again');
    await back.sees('3 again');
    expect(back.isClosed).toBe(false);
    expect(world.sessions.size).toBe(1);
  });

  it('closes the kept session, and reads first what was unread in it', async () => {
    await start('close');
    const before = await leave();
    const back = await WebPlayer.enter(ports.http, 'ann');
    await back.sees('1 ann');
    expect(back.text).toBe('Who?\nmeanwhile\n1 ann\n');
    const old = new WebPlayer(ports.http, { type: 'hello', resume: before.kept });
    expect((await old.frame('error')).code).toBe('token_refused');
    await changes.until('the old one to close', () => world.sessions.size === 1);
  });

  it('has both where the game says so', async () => {
    await start('keep');
    const before = await leave();
    const other = await WebPlayer.enter(ports.http, 'ann');
    await other.sees('1 ann');
    const back = await WebPlayer.resume(ports.http, before.kept);
    await back.sees('meanwhile');
    expect(world.sessions.size).toBe(2);
  });
});
