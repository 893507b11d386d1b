import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventLog } from '../src/cli/event-log.ts';
import { keyOf } from '../src/cli/settings-name.ts';
import { SETTING_NAMES, SETTINGS } from '../src/cli/settings.ts';
import { DEFAULT_LIMITS, DROP_REASONS, GAP_REASONS } from '../src/core/index.ts';
import { DEFAULT_WIRE, type GatewayEvent } from '../src/gateway/index.ts';
import { CLIENT_FRAMES } from '../src/protocol/frames/client-frame.ts';
import { SERVER_FRAMES } from '../src/protocol/frames/server-frame.ts';
import { BYES, ERRORS, shouldReconnect } from '../src/protocol/index.ts';
import { DocPage, repositoryPath, type Example } from './support/doc-page.ts';
import { GatewayProcess, temporaryFolder } from './support/gateway-process.ts';
import { LinePlayer } from './support/line-player.ts';
import { Changes } from './support/until.ts';
import { WebPlayer } from './support/web-player.ts';

// The documentation says what the code says: its tables are compared with the code in both directions, its examples
// are compiled and run, its links lead somewhere.

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...markdownIn('docs')]
  .filter((path) => existsSync(repositoryPath(path)))
  .map((path) => new DocPage(path));

function markdownIn(folder: string): string[] {
  return readdirSync(repositoryPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

function page(path: string): DocPage {
  const found = PAGES.find((each) => each.path === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
}

describe.each(PAGES)('$path', ({ path, links }) => {
  test(`has links that lead somewhere (${links.length})`, () => {
    expect(links.filter((link) => !leadsSomewhere(path, link))).toEqual([]);
  });
});

function leadsSomewhere(from: string, link: string): boolean {
  if (/^[a-z]+:/i.test(link)) return link.startsWith('https://');
  const [target = '', anchor] = link.split('#', 2);
  const path = target === '' ? from : join(dirname(from), target);
  if (!existsSync(repositoryPath(path))) return false;
  return anchor === undefined || new DocPage(path).anchors.has(anchor);
}

test('docs/README.md names every page', () => {
  const named = page('docs/README.md').links.map((link) => join('docs', link));
  const others = PAGES.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
  expect(others.filter((path) => path !== 'docs/README.md' && !named.includes(path))).toEqual([]);
});

describe('docs/errors.md', () => {
  const { rows: errors } = page('docs/errors.md').table('Errors');
  const { rows: byes } = page('docs/errors.md').table('Bye');
  const { rows: codes } = page('docs/errors.md').table('Close codes');

  test('has every error, in order, with its close code, verdict and message', () => {
    expect(errors.map((row) => [row['code'], row['close'], row['retry'], row['message']])).toEqual(
      Object.entries(ERRORS).map(([code, { closeCode, retry, message }]) => {
        return [code, String(closeCode), retry, message];
      }),
    );
  });

  test('has every bye, in order, with its close code and verdict', () => {
    expect(byes.map((row) => [row['reason'], row['close'], row['resume']])).toEqual(
      Object.entries(BYES).map(([reason, { closeCode, resume }]) => {
        return [reason, String(closeCode), resume ? 'yes' : 'no'];
      }),
    );
  });

  test('says "not sent yet" of those that nothing sends', () => {
    const senders = ['gateway', 'protocol', 'transports/websocket'].flatMap((folder) => {
      const names = readdirSync(repositoryPath(`src/${folder}`));
      return names
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'errors.ts')
        .map((name) => readFileSync(repositoryPath(`src/${folder}/${name}`), 'utf8'));
    });
    const isSent = (code: string): boolean => senders.some((text) => text.includes(`'${code}'`));
    const unsent = errors.filter((row) => row['when']?.includes('not sent yet')).map((row) => row['code']);
    expect(unsent).toEqual(Object.keys(ERRORS).filter((code) => !isSent(code)));
  });

  test('has the close codes after which a client comes back', () => {
    for (const row of codes) {
      const bounds = (row['code'] ?? '').split(/, |–/).map(Number);
      expect({ ...row, 'comes back': bounds.map(shouldReconnect) }).toEqual({
        ...row,
        'comes back': bounds.map(() => row['comes back'] === 'yes'),
      });
    }
  });
});

describe('docs/protocol.md', () => {
  const sections = [
    { from: 'client', heading: (type: string) => type, frames: CLIENT_FRAMES },
    {
      from: 'gateway',
      heading: (type: string) => (type === 'gmcp' ? 'gmcp from the gateway' : type),
      frames: SERVER_FRAMES,
    },
  ];

  test.each(sections)('has every frame from the $from with every field', ({ heading, frames }) => {
    const { tables } = page('docs/protocol.md');
    const documented = Object.keys(frames).map((type) => {
      const table = tables.find((each) => each.heading === heading(type));
      return { type, fields: table?.rows.map((row) => row['field']) ?? [] };
    });
    expect(documented).toEqual(
      Object.entries(frames).map(([type, { expected }]) => ({ type, fields: fieldsOf(expected) })),
    );
  });

  test('has no frame that is none', () => {
    const known = sections.flatMap(({ frames, heading }) => Object.keys(frames).map(heading));
    const { tables } = page('docs/protocol.md');
    const frames = tables.filter(({ columns }) => columns[0] === 'field').map(({ heading }) => heading);
    expect(frames.filter((heading) => !known.includes(heading))).toEqual([]);
  });

  test.each([
    { heading: 'Position, epoch and gaps', reasons: GAP_REASONS },
    { heading: 'Commands', reasons: DROP_REASONS },
  ])('has every reason under "$heading"', ({ heading, reasons }) => {
    const tables = page('docs/protocol.md').tables.filter((table) => table.heading === heading);
    expect(tables.flatMap(({ rows }) => rows.flatMap((row) => row['reason'] ?? []))).toEqual([...reasons]);
  });
});

/** The names in `{ type: "x", a: text, b?: { c: text }, d: a list: [{ e: text }] }`, flat: a, b?, b.c, d, d[].e. */
function fieldsOf(expected: string): string[] {
  const fields: string[] = [];
  const path: string[] = [];
  let last = '';
  for (const [token, name] of expected.matchAll(/[{}]|\[\{|\}\]|(\w+\??): (?=[^[]|\[\{)/g)) {
    if (token === '{' || token === '[{')
      path.push(last === '' ? '' : `${last}${token === '[{' ? '[]' : ''}.`);
    else if (token === '}' || token === '}]') path.pop();
    else if (name !== undefined && name !== 'list') {
      last = name.replace('?', '');
      fields.push(path.join('') + name);
    }
  }
  return fields.filter((field) => field !== 'type');
}

describe('docs/operations.md', () => {
  type EventOf<K> = Extract<GatewayEvent, { readonly kind: K }>;
  type Needs<E> = {
    readonly [F in Exclude<keyof E, 'kind'>]-?: E extends Record<F, unknown> ? true : false;
  };
  /** The fields of each event, and whether they are always there: the compiler compares this with `GatewayEvent`. */
  const fields: { readonly [K in GatewayEvent['kind']]: Needs<EventOf<K>> } = {
    opened: { sessionId: true, transport: true },
    resumed: {
      sessionId: true,
      transport: true,
      takeover: true,
      awayMs: true,
      held: true,
      tookMs: true,
    },
    detached: { sessionId: true, reason: true },
    refused: { reason: true, sessionId: false, transport: false },
    postponed: { reason: true, sessionId: false, transport: true },
    revoked: { sessionId: true, reason: true, tokenId: false },
    gap: { sessionId: true, reason: true, entries: false, bytes: false },
    closed: { sessionId: true, reason: true },
    failed: { sessionId: false, where: true, error: true },
  };

  test('has every event with its fields and its level', () => {
    const { rows } = page('docs/operations.md').table('Events');
    expect(rows.map((row) => [row['event'], row['level'], row['fields']])).toEqual(
      Object.entries(fields).map(([kind, needs]) => {
        const names = Object.entries(needs).map(([name, isNeeded]) => `${name}${isNeeded ? '' : '?'}`);
        return [kind, levelOf(kind), names.join(', ')];
      }),
    );
  });

  test('has the limits that are settings, with their defaults', () => {
    const { rows } = page('docs/operations.md').table('Limits');
    const known = new Map(SETTING_NAMES.map((name) => [keyOf(name), SETTINGS[name].default]));
    expect(rows.map((row) => [row['setting'], row['default']])).toEqual(
      rows.map((row) => [row['setting'], known.get(row['setting'] ?? '')]),
    );
    // What the library has as a default, the command line has too.
    const { heldCommandTtlMs, queueCommands, backlogBytes, backlogEntries } = DEFAULT_LIMITS;
    const inLibrary = {
      queue_commands: queueCommands,
      backlog_bytes: backlogBytes,
      backlog_entries: backlogEntries,
      held_command_ttl_seconds: heldCommandTtlMs / 1000,
      ...DEFAULT_WIRE,
    };
    expect(Object.fromEntries(rows.map((row) => [row['setting'], Number(row['default'])]))).toMatchObject(
      inLibrary,
    );
  });

  test('has the limits that are fixed, as they are in the code', () => {
    const { rows } = page('docs/operations.md').table('Fixed limits');
    const source = readdirSync(repositoryPath('src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(repositoryPath(join('src', file)), 'utf8'))
      .join('\n');
    for (const row of rows) {
      const name = row['in the code'] ?? '';
      const found = [...source.matchAll(new RegExp(`\\b(?:const )?${name}(?: = |: )([\\d_.]+)[;,]`, 'g'))];
      const values = new Set(found.map(([, value]) => Number((value ?? '').replaceAll('_', ''))));
      expect({ name, values: [...values] }).toEqual({ name, values: [Number(row['value'])] });
    }
    const named = rows.map((row) => row['in the code']);
    const settable = ['queueCommands', 'backlogEntries', 'backlogBytes', 'heldCommandTtlMs'];
    expect(
      Object.keys(DEFAULT_LIMITS).filter((name) => !settable.includes(name) && !named.includes(name)),
    ).toEqual([]);
  });
});

/** The level at which an event of this kind is written to the log. */
function levelOf(kind: string): string {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = pino({ level: 'trace', formatters: { level: (label) => ({ level: label }) } }, stream);
  const event: unknown = { kind, ...(kind === 'failed' ? { error: new Error('x'), where: 'x' } : {}) };
  // Only `kind` and `error` are looked at.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  eventLog(log)(event as GatewayEvent);
  const { level }: { level: string } = JSON.parse(lines.join(''));
  return level;
}

describe('what is logged', () => {
  test('by a gateway that starts, is played on and stops is what docs/operations.md says', async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const gateway = await GatewayProcess.start(folder.path);
    onTestFinished(() => gateway.kill());
    const ann = await WebPlayer.enter(gateway.http, 'Ann');
    ann.cut();
    const back = await WebPlayer.resume(gateway.http, ann.kept);
    const stranger = new WebPlayer(gateway.http, { type: 'hello', resume: { token: 'garbage' } });
    await stranger.closed();
    await back.frame('caught_up');
    await gateway.stop();
    const operations = page('docs/operations.md');
    const events = new Map(
      operations.table('Events').rows.map((row) => [row['event'], row['fields']?.replaceAll('?', '')]),
    );
    const own = new Map(
      operations.table('The gateway itself').rows.map((row) => [row['msg'], row['fields']]),
    );
    for (const line of gateway.log.trim().split('\n')) {
      const { level: _level, time: _time, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
      const known = (events.get(String(msg)) ?? own.get(String(msg)))?.split(', ') ?? 'not documented';
      expect({ msg, known }).toEqual({ msg, known: expect.arrayContaining(Object.keys(fields)) });
    }
    expect(gateway.log).toContain('"stopping"');
  });
});

test('docs/library.md has every entry of the package', () => {
  const { exports }: { exports: Readonly<Record<string, unknown>> } = JSON.parse(
    readFileSync(repositoryPath('package.json'), 'utf8'),
  );
  const tables = page('docs/library.md').tables.filter(({ columns }) => columns[0] === 'import');
  expect(tables.flatMap(({ rows }) => rows.map((row) => row['import'])).toSorted()).toEqual(
    Object.keys(exports)
      .map((entry) => `holdfast${entry.slice(1)}`)
      .toSorted(),
  );
});

// Examples. They are written inside `dist`, because there they may import the package by its own name, as a user does:
// through the `exports` of package.json, to what was built.

describe.each(PAGES.filter(({ examples }) => examples.length > 0))(
  'the examples of $path',
  ({ examples }) => {
    let folder: string;
    let complaints: string;

    beforeAll(() => {
      folder = mkdtempSync(repositoryPath('dist/examples-'));
      for (const { file, text } of examples) writeFileSync(join(folder, file), text);
      complaints = compile(folder, examples);
    });

    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test('please a strict compiler', () => {
      expect(complaints).toBe('');
    });

    for (const { file, wantsGateway, output } of examples.filter(({ isRun }) => isRun)) {
      test(`${file} prints what the page says`, async () => {
        const address = wantsGateway ? [await webSocketAddress()] : [];
        const run = new Run(folder, file.replace(/\.ts$/, '.js'), address);
        expect(await run.ended()).toEqual({ code: 0, errors: '', output });
      });
    }

    if (!examples.some(({ file }) => file === 'server.ts')) return;

    test('server.ts brings players back after a cut and after kill -9', async () => {
      let server = new Run(folder, 'server.js', [], { TELNET: '0', HTTP: '0' });
      const player = new LinePlayer(await server.port());
      const token = await player.token();
      for (let i = 0; i < 3; i += 1) player.line('dig');
      await player.sees('You have 1 gold.');
      player.cut();

      const back = await LinePlayer.resume(await server.port(), token);
      await back.sees('held');
      await back.sees('You have 3 gold.');
      back.line('dig');
      await back.sees('You have 4 gold.');
      const next = await back.token();
      await server.kill();

      server = new Run(folder, 'server.js', [], { TELNET: '0', HTTP: '0' });
      const again = await LinePlayer.resume(await server.port(), next);
      again.line('dig');
      await again.sees('You have 5 gold.');
      again.line('quit');
      await again.sees('You leave with 5 gold.');
      await again.closed();
    });
  },
);

/** Of a gateway with the demo world, for the time of the test. */
async function webSocketAddress(): Promise<string> {
  const data = temporaryFolder();
  onTestFinished(() => data.remove());
  const gateway = await GatewayProcess.start(data.path);
  onTestFinished(() => gateway.kill());
  return `ws://127.0.0.1:${gateway.http}/play`;
}

/** As a user would: strict, and with a look at our own declarations too. Returns what the compiler says. */
function compile(folder: string, examples: readonly Example[]): string {
  if (!examples.some(({ file }) => file.endsWith('.ts'))) return '';
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    rootDir: '.',
    outDir: '.',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, exclude: [] }));
  const tsc = repositoryPath('node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
}

/** A program that runs in a process of its own, for the time of the test. */
class Run {
  readonly #child: ChildProcess;
  readonly #changes = new Changes();
  #output = '';
  #errors = '';
  #exit: { readonly code: number | null } | undefined;

  constructor(
    folder: string,
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#child = spawn(process.execPath, [file, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...environment },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      this.#changes.changed();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.on('close', (code) => {
      this.#exit = { code };
      this.#changes.changed();
    });
    onTestFinished(() => this.kill());
  }

  async ended(): Promise<{ code: number | null; errors: string; output: string }> {
    const { code } = await this.#changes.until('the example to end', () => this.#exit);
    return { code, errors: this.#errors, output: this.#output };
  }

  /** Of the Telnet address that it prints. */
  port(): Promise<number> {
    return this.#changes.until('an address', () => {
      if (this.#exit) throw new Error(`it ended: ${this.#errors}`);
      return Number(/telnet \S+ (\d+)/.exec(this.#output)?.[1] ?? 0) || undefined;
    });
  }

  async kill(): Promise<void> {
    if (this.#exit) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}
