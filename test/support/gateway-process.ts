import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Changes } from './until.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A folder for one test, removed with `remove`. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The real thing: `holdfast serve` in a process of its own, on free ports, which can be killed. */
export class GatewayProcess {
  readonly #child: ChildProcess;
  readonly #changes = new Changes();
  #output = '';
  #log = '';
  #exit: { readonly code: number | null } | undefined;
  telnet = 0;
  /** Where it has one: its port for Telnet in TLS. */
  telnetTls = 0;
  http = 0;
  /** Of the operator, where `--operator 0` turned it on. */
  operator = 0;

  private constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, 'serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      this.#changes.changed();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
      this.#changes.changed();
    });
    this.#child.on('exit', (code) => {
      this.#exit = { code };
      this.#changes.changed();
    });
  }

  /** Resolves when it has said how to play. */
  static async start(folder: string, ...args: readonly string[]): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(['--data', folder, '--telnet', '0', '--http', '0', ...args]);
    await gateway.#changes.until('the gateway to start', () => {
      if (gateway.#exit) throw new Error(`the gateway ended: ${gateway.#log}`);
      return gateway.#output.includes('Stop with');
    });
    gateway.telnet = Number(/telnet \S+ (\d+)/.exec(gateway.#output)?.[1]);
    gateway.telnetTls = Number(/TLS:\s+\S+ (\d+)/.exec(gateway.#output)?.[1]);
    gateway.http = Number(/http:\/\/\S+:(\d+)\//.exec(gateway.#output)?.[1]);
    gateway.operator = Number(/Operator: http:\/\/\S+:(\d+)\//.exec(gateway.#output)?.[1] ?? 0);
    return gateway;
  }

  /** Runs it with arguments that it must refuse; resolves with its exit code and what it said. */
  static async refuses(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const gateway = new GatewayProcess(args);
    try {
      const exit = await gateway.#changes.until('the gateway to refuse', () => gateway.#exit);
      return { code: exit.code, said: gateway.#output + gateway.#log };
    } finally {
      await gateway.kill();
    }
  }

  /** Everything on standard error. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when it has logged this. */
  async logs(pattern: RegExp): Promise<void> {
    await this.#changes.until(`${pattern} in the log`, () => pattern.test(this.#log));
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  /** `kill -9`: nothing is said, flushed or closed. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the exit code, when it has ended by itself. */
  async ended(): Promise<number | null> {
    return (await this.#changes.until('the gateway to end', () => this.#exit)).code;
  }

  /** In good order; resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return (await this.#changes.until('the gateway to stop', () => this.#exit)).code;
  }
}
