import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connect, type ConnectOptions, type Session, type SessionEvents } from '../src/client/index.ts';
import { startFaultyLink } from '../src/testing/index.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { Changes } from './support/until.ts';

// The SDK as its users have it: the real driver and `ws`, against the real gateway with the demo world.

let gateway: GatewayProcess;
const folder = temporaryFolder();

beforeAll(async () => {
  gateway = await GatewayProcess.start(folder.path);
});

afterAll(async () => {
  await gateway.kill();
  folder.remove();
});

/** A session whose events are written down. */
function watch(port: number, options: ConnectOptions = {}): Watched {
  const session = connect(`ws://127.0.0.1:${port}/play`, { WebSocket, ...options });
  onTestFinished(() => session.close());
  return new Watched(session);
}

class Watched {
  readonly session: Session;
  text = '';
  readonly #changes = new Changes();
  readonly #events: { readonly name: string; readonly event: unknown }[] = [];

  constructor(session: Session) {
    this.session = session;
    this.#write('status', 'welcome', 'replay', 'resumed', 'dropped', 'gap', 'storage', 'overflow', 'problem');
    session.on('output', ({ text }) => {
      this.text += text;
      this.#changes.changed();
    });
  }

  /** All events of a name. */
  of<Name extends keyof SessionEvents>(name: Name): SessionEvents[Name][] {
    // Written down under that name.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#events.filter((each) => each.name === name).map(({ event }) => event as SessionEvents[Name]);
  }

  async sees(text: string): Promise<void> {
    await this.#changes.until(`the text ${JSON.stringify(text)}`, () => this.text.includes(text));
  }

  first<Name extends keyof SessionEvents>(
    name: Name,
    passes: (event: SessionEvents[Name]) => boolean = () => true,
  ): Promise<SessionEvents[Name]> {
    return this.#changes.until(`the event ${name}`, () => this.of(name).find(passes));
  }

  #write(...names: (keyof SessionEvents)[]): void {
    for (const name of names) {
      this.session.on(name, (event) => {
        this.#events.push({ name, event });
        this.#changes.changed();
      });
    }
  }
}

describe('a session', () => {
  it('comes back by itself when the line is cut, with what was missed, and every command carried out once', async () => {
    const link = await startFaultyLink(gateway.http);
    onTestFinished(() => link.close());
    const ada = watch(link.port);
    await ada.session.send('Ada');
    await ada.sees('[hp 20/20]');
    expect(await ada.session.send('count 2')).toMatchObject({ seq: 2 });
    link.cut();
    await ada.session.send('say Did you miss me?');
    expect(ada.of('resumed')).toMatchObject([{ gap: undefined }]);
    await ada.sees('Did you miss me?');
    await ada.sees('Wave 2 of 2');
    expect(ada.text.match(/Wave . of 2|miss me/g)?.toSorted()).toEqual([
      'Wave 1 of 2',
      'Wave 2 of 2',
      'miss me',
    ]);
    await ada.session.quit();
    expect(ada.session.status).toEqual({ kind: 'closed', reason: 'quit', canResume: false });
    await expect(ada.session.send('look')).rejects.toMatchObject({ code: 'closed' });
  });
});
