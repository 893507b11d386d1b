import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PATIENCE_MS } from './until.ts';

const run = promisify(execFile);

/** How often the screen is looked at, in ms: tmux does not say when it changes. */
const LOOK_MS = 40;

export interface TmuxScreenOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A terminal, wide enough that nothing is wrapped, with one program in it that a test plays with as a person does. */
export class TmuxScreen {
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-tmux-'));
  /** Of what was on the screen, as last seen. */
  #text = '';

  private constructor() {}

  static async start({ command, cwd, environment = {} }: TmuxScreenOptions): Promise<TmuxScreen> {
    const screen = new TmuxScreen();
    const settings = Object.entries({ LANG: 'C.UTF-8', ...environment }).flatMap(([name, value]) => {
      return ['-e', `${name}=${value}`];
    });
    // What a program last said stays to be read when it has ended.
    const stays = ['set-option', '-g', 'remain-on-exit', 'on'];
    const start = ['new-session', '-d', '-x', '160', '-y', '50', '-c', cwd, ...settings, '--', ...command];
    await screen.#tmux('start-server', ';', ...stays, ';', ...start);
    return screen;
  }

  /** All that is on the screen, and that was scrolled away. */
  async text(): Promise<string> {
    this.#text = await this.#tmux('capture-pane', '-p', '-J', '-S', '-');
    return this.#text;
  }

  async line(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
    await this.key('Enter');
  }

  async key(name: string): Promise<void> {
    await this.#tmux('send-keys', name);
  }

  /** Resolves with all text when it passes. */
  async until(what: string, passes: (text: string) => boolean): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const text = await this.text();
      if (passes(text)) return text;
      if (Date.now() > deadline)
        throw new Error(`waited ${PATIENCE_MS} ms for ${what}; the screen:\n${text.trim()}`);
      await delay(LOOK_MS);
    }
  }

  sees(text: string): Promise<string> {
    return this.until(JSON.stringify(text), (all) => all.includes(text));
  }

  /** `kill -9` of the program, which has the terminal for itself. */
  async kill(): Promise<void> {
    const [pid, isDead] = (await this.#tmux('display-message', '-p', '#{pane_pid} #{pane_dead}'))
      .trim()
      .split(' ');
    if (isDead === '1') return;
    process.kill(-Number(pid), 'SIGKILL');
    await this.ended();
  }

  /** Resolves when the program has ended. */
  async ended(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await this.#tmux('display-message', '-p', '#{pane_dead}')).trim() !== '1') {
      if (Date.now() > deadline) throw new Error(`the program goes on; the screen:\n${await this.text()}`);
      await delay(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    // What goes on for a moment could still write to a folder that is being removed.
    await this.kill().catch(() => undefined);
    await this.#tmux('kill-server').catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A server of its own, without anybody's settings. */
  async #tmux(...args: readonly string[]): Promise<string> {
    const program = process.env['HOLDFAST_TEST_TMUX'] ?? 'tmux';
    const { stdout } = await run(program, ['-S', join(this.#folder, 'socket'), '-f', '/dev/null', ...args], {
      maxBuffer: 16_777_216,
    });
    return stdout;
  }
}
