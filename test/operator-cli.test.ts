import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommand } from '../src/cli/command.ts';
import { operate } from '../src/cli/operator/index.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { WebPlayer } from './support/web-player.ts';

// `holdfast status`, `sessions`, `tokens`, `events` and `drain`, against a gateway in a process of its own.

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  gateway = await GatewayProcess.start(data, '--operator', '0');
});

afterAll(async () => {
  await gateway.kill();
  folder.remove();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** The command with where the gateway is, as the program runs it. */
async function holdfast(...args: readonly string[]): Promise<Ended> {
  return ask([...args, '--operator', String(gateway.operator), '--data', data]);
}

async function ask(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const command = readCommand(args);
  if (command.kind !== 'operate') throw new Error(`${args.join(' ')} asks no gateway`);
  const { said, problems, exitCode } = await operate(command.command, command.args, environment);
  return { code: exitCode, out: said, errors: problems.join('\n') };
}

/** The program itself. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...environment } });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, errors }));
  });
}

describe('the operator’s credential', () => {
  it('was made for its owner only, and is in no output of the gateway', () => {
    const file = join(data, 'operator-credential');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(gateway.log).not.toContain(readFileSync(file, 'utf8').trim());
  });

  it('may come from the environment; a wrong one opens nothing', async () => {
    const credential = readFileSync(join(data, 'operator-credential'), 'utf8').trim();
    const where = ['status', '--operator', String(gateway.operator), '--data', folder.path];
    const right = await run(where, { HOLDFAST_OPERATOR_CREDENTIAL: credential });
    expect(right).toMatchObject({ code: 0, errors: '' });
    const wrong = await run(where, { HOLDFAST_OPERATOR_CREDENTIAL: `${credential}x` });
    expect(wrong).toEqual({
      code: 1,
      out: '',
      errors: "holdfast: The operator's credential is missing or wrong.\n",
    });
    const none = await ask(where);
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.errors).toContain('credential cannot be read');
  });

  it('that is too short keeps the gateway from starting, and is not told', async () => {
    const other = temporaryFolder();
    const file = join(other.path, 'credential');
    writeFileSync(file, 'tooshort\n', { mode: 0o600 });
    const { code, said } = await GatewayProcess.refuses(
      `--data=${join(other.path, 'data')}`,
      `--operator-credential-file=${file}`,
      '--operator=0',
      '--telnet=0',
      '--http=0',
    );
    other.remove();
    expect(code).toBe(1);
    expect(said).toContain('must have 20 to 512');
    expect(said).not.toContain('tooshort');
  });
});

describe('the commands', () => {
  it('find a player, look into the session, revoke the token and close the session', async () => {
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    const id = ann.framesOf('welcome')[0]?.session ?? '';
    const token = ann.framesOf('token')[0]?.id ?? '';

    const status = await holdfast('status');
    expect(status).toMatchObject({ code: 0, errors: '' });
    expect(status.out).toMatch(/listening, healthy.*Sessions +1 playing/su);

    const list = await holdfast('sessions', '--search', 'ann');
    expect(list.out).toMatch(new RegExp(`^SESSION.*\n${id} +ann +playing .* +websocket 127\\.0\\.0\\.1`));
    const show = await holdfast('sessions', 'show', 'ANN');
    expect(show.out).toMatch(new RegExp(`Session +${id}\n.*${token} +1 .* current`, 's'));
    const json = await holdfast('sessions', 'show', id.slice(0, 8), '--json');
    expect(JSON.parse(json.out)).toMatchObject({ session: id, devices: [{ token }] });

    const revoked = await holdfast('tokens', 'revoke', token);
    expect(revoked).toMatchObject({
      code: 0,
      out: `The tokens of 1 device of session ${id} were revoked.`,
    });
    expect(await ann.closed()).toBe(4504);
    const again = await holdfast('tokens', 'revoke', token);
    expect(again).toMatchObject({ code: 2, out: '' });

    const closed = await holdfast('sessions', 'close', id);
    expect(closed).toMatchObject({ code: 0 });
    expect(await holdfast('sessions', 'show', id)).toMatchObject({ code: 2 });
    const events = await holdfast('events', '--session', id);
    expect(events.out.match(/opened|revoked|closed/gu)).toEqual([
      'opened',
      'revoked',
      'revoked',
      'revoked',
      'closed',
      'closed',
    ]);
    expect(gateway.log).toContain(`"action":"/v1/tokens/${token}/revoke"`);
  });

  it('drain the gateway, which health checks see, and open it again', async () => {
    const bob = await WebPlayer.enter(gateway.http, 'Bob');
    const drained = await holdfast('drain');
    expect(drained).toMatchObject({ code: 0, errors: '' });
    expect(drained.out).toContain('1 connection was sent away');
    expect(await bob.closed()).toBe(4001);
    expect((await fetch(`http://127.0.0.1:${gateway.http}/healthz`)).status).toBe(503);
    expect((await holdfast('drain', '--undo')).out).toBe('Players are taken in again.');
    expect((await fetch(`http://127.0.0.1:${gateway.http}/healthz`)).status).toBe(200);
    const back = await WebPlayer.resume(gateway.http, bob.kept);
    await back.frame('caught_up');
  });

  it('say what is wrong with a call, and where no gateway is', async () => {
    expect(await ask(['status'])).toMatchObject({ code: 1, out: '' });
    const nowhere = await ask(['status', '--operator', '1', '--data', data]);
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.errors).toMatch(/no gateway answers at http:\/\/127\.0\.0\.1:1: /);
    expect((await holdfast('sessions', 'show', 'nobody')).errors).toBe('there is no session "nobody"');
  });
});
