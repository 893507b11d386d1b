import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FrontDoor, World, WorldPlayer, WorldSession } from '../src/core/index.ts';
import { createGateway, nodeClock, type Gateway, type GatewayEvent } from '../src/gateway/index.ts';
import { memoryStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

/** A world in which the first line is an account, and every other command is repeated with its count. */
class Parrots implements World {
  readonly name = 'parrots';
  readonly delivery = 'commit';
  readonly frontDoor: FrontDoor;
  readonly sessions = new Map<string, WorldSession>();
  /** The login takes so long. */
  login: Promise<void> | undefined;

  constructor(frontDoor: FrontDoor) {
    this.frontDoor = frontDoor;
  }

  open(session: WorldSession): WorldPlayer {
    let count = session.data === undefined ? 0 : Number(session.data);
    if (!session.restored) session.send({ kind: 'text', text: 'Who?\n' });
    return {
      command: async ({ text, package: name }) => {
        const said = text ?? name ?? '';
        if (count === 0) {
          await this.login;
          this.sessions.set(session.id, session);
          session.playing(said);
        }
        count += 1;
        return { output: [{ kind: 'text', text: `${count} ${said}\n` }], data: count };
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

async function start(frontDoor: FrontDoor, store = memoryStore({ clock: nodeClock })): Promise<void> {
  world = new Parrots(frontDoor);
  events.length = 0;
  gateway = createGateway({
    world,
    store,
    transports: [telnet({ port: 0, clock: nodeClock }), websocket({ port: 0 })],
    onEvent: (event) => {
      events.push(event);
      changes.changed();
    },
  });
  const [line, web] = await gateway.listen();
  ports = { telnet: line?.port ?? 0, http: web?.port ?? 0 };
}

/** Ann plays. */
async function play(): Promise<WebPlayer> {
  const ann = await WebPlayer.enter(ports.http, 'ann');
  await ann.sees('1 ann');
  ann.acknowledge();
  ann.command('hello');
  await ann.sees('2 hello');
  ann.acknowledge();
  return ann;
}

/** Ann plays, and her connection is lost. */
async function leave(): Promise<WebPlayer> {
  const ann = await play();
  ann.cut();
  await changes.until('her to be away', () => events.some(({ kind }) => kind === 'detached'));
  for (const session of world.sessions.values()) session.send({ kind: 'text', text: 'meanwhile\n' });
  return ann;
}

/** Ann's name, a line and a message of her client's come by the door, all accepted before she is known. */
async function typeAhead(): Promise<WebPlayer> {
  let known: () => void = () => undefined;
  world.login = new Promise((resolve) => {
    known = resolve;
  });
  const door = new WebPlayer(ports.http);
  await door.sees('Who?');
  for (const text of ['ann', 'look']) door.command(text);
  door.say({ type: 'gmcp', seq: 3, package: 'Char.Wave' });
  await door.accepted(3);
  known();
  return door;
}

/** What was sent ahead came along, once: to be told as dropped, for a password may be in it. */
async function expectBrought(token: string | undefined): Promise<void> {
  const back = await WebPlayer.resume(ports.http, { token: token ?? '' });
  back.command('again');
  await back.sees('3 again');
  expect(back.framesOf('resumed')[0]?.accepted).toBe(4);
  const dropped = back.framesOf('dropped').map(({ seq, reason }) => [seq, reason]);
  expect(dropped).toEqual([
    [3, 'private'],
    [4, 'private'],
  ]);
}

afterEach(() => {
  vi.restoreAllMocks();
  return gateway.close();
});

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

  it('brings along what it sent behind its login, and was not carried out', async () => {
    await start('resume');
    await leave();
    const door = await typeAhead();
    const { reason, token } = await door.frame('bye');
    expect(reason).toBe('welcome_back');
    await expectBrought(token?.value);
  });

  it('brings it along also where another client was attached, which numbers nothing any more', async () => {
    const store = memoryStore({ clock: nodeClock });
    await start('resume', store);
    const before = await play();
    const apply = store.apply.bind(store);
    let late: unknown;
    let goes: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      goes = resolve;
    });
    vi.spyOn(store, 'apply').mockImplementation((id, operation) => {
      // Her own leaving takes its time.
      const isSlow = operation.kind === 'detach' && operation.attachment !== undefined;
      if (isSlow) return left.then(() => apply(id, operation));
      const outcome = apply(id, operation);
      if (operation.kind === 'append' && operation.attachment === undefined) {
        late = apply(id, { ...operation, attachment: 1 });
      }
      return outcome;
    });
    const door = await typeAhead();
    const { token } = await door.frame('bye');
    expect(await late).toEqual({ kind: 'stale' });
    goes();
    expect((await before.frame('bye')).reason).toBe('revoked');
    await expectBrought(token?.value);
  });

  it('has nothing more accepted while what it sent is brought along', async () => {
    const store = memoryStore({ clock: nodeClock });
    await start('resume', store);
    await leave();
    let goOn: () => void = () => undefined;
    const bringing = new Promise<void>((begun) => {
      const apply = store.apply.bind(store);
      const isTold = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      vi.spyOn(store, 'apply').mockImplementation(async (id, operation) => {
        const outcome = await apply(id, operation);
        if (operation.kind !== 'append' || operation.attachment !== undefined) return outcome;
        begun();
        await isTold;
        return outcome;
      });
    });
    const door = await typeAhead();
    await bringing;
    door.say({ type: 'command', seq: 4, text: 'late' });
    door.say({ type: 'ping', id: 1 });
    await door.frame('pong');
    goOn();
    const { token } = await door.frame('bye');
    expect(door.framesOf('accepted').at(-1)?.seq).toBe(3);
    await expectBrought(token?.value);
  });

  it('finds it once, at its next login, where the process died in between', async () => {
    const store = memoryStore({ clock: nodeClock });
    await start('resume', store);
    await leave();
    // The last thing that the process did.
    const brought = new Promise<void>((resolve) => {
      const apply = store.apply.bind(store);
      vi.spyOn(store, 'apply').mockImplementation(async (id, operation) => {
        const outcome = await apply(id, operation);
        if (operation.kind !== 'append' || operation.attachment !== undefined) return outcome;
        resolve();
        return new Promise(() => undefined);
      });
    });
    const door = await typeAhead();
    await brought;
    vi.restoreAllMocks();
    door.cut();
    await changes.until('the new session to end', () => {
      return events.some((event) => event.kind === 'closed' && event.reason === 'never_playing');
    });
    world.login = undefined;
    const next = new WebPlayer(ports.http);
    await next.sees('Who?');
    next.command('ann');
    const { token } = await next.frame('bye');
    await expectBrought(token?.value);
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
