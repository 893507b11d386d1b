import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  createGateway,
  nodeClock,
  type Gateway,
  type GatewayEvent,
  type GatewayOptions,
} from '../src/gateway/index.ts';
import { memoryStore } from '../src/stores/index.ts';
import { telnet, websocket } from '../src/transports/index.ts';
import { demoWorld } from '../src/worlds/index.ts';
import { ManualClock } from './support/manual-clock.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

let gateway: Gateway;
let ports: { readonly telnet: number; readonly http: number };
let events: GatewayEvent[];
const changes = new Changes();

async function start(options: Partial<GatewayOptions>): Promise<void> {
  events = [];
  gateway = createGateway({
    world: demoWorld({ clock: nodeClock, quiet: true }),
    store: memoryStore({ clock: nodeClock }),
    transports: [telnet({ port: 0, clock: nodeClock }), websocket({ port: 0 })],
    onEvent: (event) => {
      events.push(event);
      changes.changed();
    },
    ...options,
  });
  const [line, web] = await gateway.listen();
  ports = { telnet: line?.port ?? 0, http: web?.port ?? 0 };
}

afterEach(() => gateway.close());

describe('a player who does not get into the game in time', () => {
  it('is sent away, by WebSocket for a fresh start, by Telnet with a sentence, and leaves no session', async () => {
    await start({ loginTimeoutSeconds: 0.2 });
    const web = new WebPlayer(ports.http);
    const line = new LinePlayer(ports.telnet);
    expect(await web.frame('error')).toMatchObject({ code: 'login_timeout', retry: 'fresh' });
    await line.sees('The login took too long. Connect again to start anew.');
    await line.closed();
    await changes.until('the end of both sessions', () => {
      return (
        events.filter((event) => event.kind === 'closed' && event.reason === 'never_playing').length === 2
      );
    });
    expect(web.closeCode).toBe(4603);
  });

  it('is left alone who got into it', async () => {
    await start({ loginTimeoutSeconds: 0.2 });
    const web = await WebPlayer.enter(ports.http, 'Ann');
    const other = new WebPlayer(ports.http);
    await other.frame('error');
    await web.accepted(web.command('look'));
    expect(web.closeCode).toBeUndefined();
    web.cut();
  });
});

describe('a WebSocket that gives no sign of life', () => {
  it('is closed with a word that says so; its session stays', async () => {
    await start({ wire: { ping_ms: 50 } });
    const socket = new WebSocket(`ws://127.0.0.1:${ports.http}/play`, 'holdfast.v1', { autoPong: false });
    const frames: string[] = [];
    let code: number | undefined;
    socket.on('open', () => socket.send('{"type":"hello"}'));
    socket.on('message', (data: Buffer) => {
      if (frames.push(data.toString()) === 1) socket.send('{"type":"command","seq":1,"text":"Ann"}');
    });
    socket.on('close', (closeCode) => {
      code = closeCode;
      changes.changed();
    });
    await changes.until('the close', () => code);
    expect(code).toBe(4102);
    expect(frames.at(-1)).toContain('"code":"idle_timeout"');
    await changes.until('the detach', () => events.some(({ kind }) => kind === 'detached'));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'detached', reason: 'idle_timeout' }));
  });
});

describe('a client by Telnet that has answered marks, and gives no sign of life any more', () => {
  it('is left, with a word that says so; its session stays', async () => {
    const clock = new ManualClock();
    await start({ transports: [telnet({ port: 0, clock, keepAliveSeconds: 0.02 })] });
    const line = new LinePlayer(ports.telnet);
    const mark = async (count: number): Promise<void> => {
      await line.until(`mark ${count}`, () => line.bytes.split('\xff\xfd\x06').length > count);
    };
    line.line('Ann');
    await line.token();
    for (const count of [1, 2, 3]) {
      await mark(count);
      // A refusal; and are you there?
      line.raw(Buffer.of(255, 252, 6, 255, 246));
      await line.until('the answer', () => line.text.split('[Yes]').length > count);
      clock.advance(500);
    }
    // There is no output any more that it could be behind.
    await mark(4);
    clock.advance(60_000);
    await line.sees('Your client gave no sign of life for a minute.');
    await changes.until('the detach', () => events.some(({ kind }) => kind === 'detached'));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'detached', reason: 'idle_timeout' }));
    expect(events).not.toContainEqual(expect.objectContaining({ kind: 'closed' }));
    const back = await LinePlayer.resume(ports.telnet, await line.token());
    back.cut();
  });
});
