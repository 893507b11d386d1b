import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
    await game.#install();
    await game.run();
    return game;
  }

  /** Starts it again, as it was last saved, on its port. Resolves when it lets players in. */
  async run(): Promise<void> {
    if (program === undefined) throw new Error('HOLDFAST_TEST_TINYMUX is not set');
    const child = spawn(program, ['-c', 'netmux.conf', '-p', 'netmux.pid', '-e', '.'], {
      cwd: this.#folder.path,
      env: { ...process.env, LD_LIBRARY_PATH: 'bin' },
      stdio: 'ignore',
      detached: true,
    });
    this.#child = child;
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isOpen(this.port))) {
      if (Date.now() > deadline) throw new Error('TinyMUX does not start');
      await delay(20);
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child;
    // With its helpers, which would outlive it.
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
    }
    await this.ended();
  }

  /** Resolves when it has ended, perhaps by itself. */
  async ended(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(join(this.#folder.path, 'netmux.pid'), { force: true });
  }

  /** The wizard, straight to the game: the one who talks while others are away. */
  async wizard(): Promise<LinePlayer> {
    const wizard = new LinePlayer(this.port);
    wizard.line(WIZARD);
    await wizard.sees('MAIL:');
    return wizard;
  }

  async close(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  async #install(): Promise<void> {
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
