import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from './gateway-process.ts';
import { LinePlayer } from './line-player.ts';
import { PATIENCE_MS } from './until.ts';

/** What Debian's package has beside the program: settings, texts and a first database, with a wizard in it. */
const SHARED = '/usr/share/tinymux/game';
const WIZARD = 'connect wizard potrzebie';

const program = process.env['HOLDFAST_TEST_TINYMUX'];

/** A real game, TinyMUX, that knows nothing of Holdfast; on a free port, in a folder of its own. */
export class TinyMux {
  readonly #folder = temporaryFolder();
  #child: ChildProcess | undefined;
  port = 0;

  private constructor() {}

  /** Resolves when it lets players in. */
  static async start(): Promise<TinyMux> {
    const game = new TinyMux();
    await game.#start();
    return game;
  }

  /** The wizard, straight to the game: the one who talks while others are away. */
  async wizard(): Promise<LinePlayer> {
    const wizard = new LinePlayer(this.port);
    wizard.line(WIZARD);
    await wizard.sees('MAIL:');
    return wizard;
  }

  async close(): Promise<void> {
    if (this.#child?.exitCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    this.#folder.remove();
  }

  async #start(): Promise<void> {
    if (program === undefined) throw new Error('HOLDFAST_TEST_TINYMUX is not set');
    const { path } = this.#folder;
    this.port = await freePort();
    for (const folder of ['data', 'text']) mkdirSync(join(path, folder));
    for (const file of ['alias.conf', 'compat.conf', 'data/netmux.db', 'text']) {
      cpSync(join(SHARED, file), join(path, file), { recursive: true });
    }
    // After `@restart` it looks for itself here.
    symlinkSync(dirname(program), join(path, 'bin'));
    const settings = readFileSync(join(SHARED, 'netmux.conf'), 'utf8');
    writeFileSync(join(path, 'netmux.conf'), settings.replace(/^port .*$/m, `port ${this.port}`));
    appendFileSync(join(path, 'netmux.conf'), 'ip_address 127.0.0.1\n');
    this.#child = spawn(program, ['-c', 'netmux.conf', '-p', 'netmux.pid', '-e', '.'], {
      cwd: path,
      env: { ...process.env, LD_LIBRARY_PATH: 'bin' },
      stdio: 'ignore',
    });
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isOpen(this.port))) {
      if (Date.now() > deadline) throw new Error('TinyMUX does not start');
      await delay(20);
    }
  }
}

/** The game cannot be told to pick one; nobody else is likely to take it in between. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- A TCP server that listens has no other.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
