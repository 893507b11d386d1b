import { describe, expect, test } from 'vitest';
import { type LoadedSettings, loadSettings } from './settings-load.ts';
import { SETTING_NAMES, SETTINGS, type Settings } from './settings.ts';

const noFile = (path: string): string => {
  throw new Error(`ENOENT: no such file or directory, open '${path}'`);
};

function load(flags: string, environment: Record<string, string> = {}, file?: string): LoadedSettings {
  const named = file === undefined ? {} : { HOLDFAST_CONFIG: 'holdfast.yaml' };
  const args = flags === '' ? [] : flags.split(' ');
  return loadSettings(args, { ...named, ...environment }, file === undefined ? noFile : () => file);
}

function settingsOf(loaded: LoadedSettings): Settings {
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  return loaded.settings;
}

const problemsOf = (loaded: LoadedSettings): readonly string[] =>
  'problems' in loaded ? loaded.problems : [];

describe('settings', () => {
  test('without any source they are the defaults', () => {
    const settings = settingsOf(load(''));
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      telnet: 4000,
      http: 8080,
      data: './data',
      upstream: undefined,
      enableReconnection: true,
      tokenTtlSeconds: 3600,
      gmcpEvents: ['Comm.*'],
      privateLines: ['connect', 'create', '@password'],
      logLevel: 'info',
    });
    expect(Object.keys(settings)).toEqual(SETTING_NAMES);
  });

  test('a flag wins over a variable, a variable over the file, the file over the default', () => {
    const file = 'telnet: 1\nhttp: 2\nqueue_commands: 3\n';
    const settings = settingsOf(load('--telnet 5', { HOLDFAST_TELNET: '6', HOLDFAST_HTTP: '7' }, file));
    expect(settings).toMatchObject({ telnet: 5, http: 7, queueCommands: 3, windowEntries: 256 });
  });

  test('the config file may be named by flag or variable, and the flag wins', () => {
    const asked: string[] = [];
    const readFile = (path: string): string => {
      asked.push(path);
      return '';
    };
    loadSettings(['--config', 'a.yaml'], { HOLDFAST_CONFIG: 'b.yaml' }, readFile);
    loadSettings([], { HOLDFAST_CONFIG: 'b.yaml' }, readFile);
    expect(asked).toEqual(['a.yaml', 'b.yaml']);
  });

  test('all problems of all sources are reported at once, each with its place', () => {
    const file = 'host: my host\nttl: 5\n\n\n\n\n\n\n\nwindow_bytes: 12\n';
    expect(problemsOf(load('--telnet 70000 --htpt 1', { HOLDFAST_PING_MS: 'often' }, file))).toEqual([
      '--htpt: unknown setting; did you mean --http?',
      '--telnet: expected a port (0 to 65535) or off, found "70000"',
      'HOLDFAST_PING_MS: expected a whole number from 1000 to 600000, found "often"',
      'holdfast.yaml:1: host: expected an address or a host name, found "my host"',
      'holdfast.yaml:2: ttl: unknown setting',
      'holdfast.yaml:10: window_bytes: expected a whole number from 1024 to 16777216, found "12"',
    ]);
  });

  test('a wrong value is reported although another source overrules it', () => {
    expect(problemsOf(load('--telnet 5', { HOLDFAST_TELNET: 'five' }))).toEqual([
      'HOLDFAST_TELNET: expected a port (0 to 65535) or off, found "five"',
    ]);
  });

  test('a file that cannot be read is a problem beside the others', () => {
    expect(problemsOf(load('--config gone.yaml --http x'))).toEqual([
      '--http: expected a port (0 to 65535) or off, found "x"',
      "gone.yaml: cannot be read: ENOENT: no such file or directory, open 'gone.yaml'",
    ]);
  });

  test.each([
    ['--telnet off --http off', 'telnet, telnet_tls, http and https: all are off, so nobody could come in'],
    ['--telnet 5000 --http 5000', 'telnet and http: both have port 5000'],
    [
      '--upstream localhost:4000',
      "upstream: port 4000 is the gateway's own; give the gateway another with --telnet",
    ],
    [
      '--command-bytes 8192 --frame-bytes 4096',
      'command_bytes: 8192 do not fit into a frame of frame_bytes (4096)',
    ],
  ])('%s is a contradiction', (flags, problem) => {
    const host = flags.startsWith('--upstream') ? ' --host 0.0.0.0' : '';
    expect(problemsOf(load(flags + host))).toEqual([problem]);
  });

  test.each([
    '--telnet 0 --http 0',
    '--telnet off --http off --https 443',
    '--telnet off --http off --telnet-tls 4443',
    '--upstream mud.example:4000',
    '--upstream 127.0.0.1:4000 --host 10.0.0.5',
  ])('%s is no contradiction', (flags) => {
    expect(problemsOf(load(flags))).toEqual([]);
  });
});

describe('an upstream', () => {
  test.each([
    ['localhost:4201', { host: 'localhost', port: 4201 }],
    ['10.0.0.7:23', { host: '10.0.0.7', port: 23 }],
    ['[::1]:4001', { host: '::1', port: 4001 }],
    ['mud_1.example.org:4001', { host: 'mud_1.example.org', port: 4001 }],
  ])('may be %s', (text, upstream) => {
    expect(settingsOf(load(`--upstream ${text}`)).upstream).toEqual(upstream);
  });

  test.each([
    'localhost',
    'localhost:',
    ':4201',
    'localhost:0',
    'localhost:65536',
    '::1:4000',
    '[::1]',
    '[localhost]:4201',
    '10.0.0:4201',
    'telnet://localhost:4201',
  ])('cannot be %s', (text) => {
    expect(problemsOf(load(`--upstream ${text}`))).toEqual([
      `--upstream: expected host:port (an IPv6 address in brackets: [::1]:4000), found "${text}"`,
    ]);
  });
});

describe('values', () => {
  test.each([
    ['--telnet off', { telnet: 'off' }],
    ['--enable-reconnection', { enableReconnection: true }],
    ['--enable-reconnection=NO', { enableReconnection: false }],
    ['--host ::', { host: '::' }],
    ['--log-level WARN', { logLevel: 'warn' }],
    ['--gmcp-events Comm.*,Room.Message', { gmcpEvents: ['Comm.*', 'Room.Message'] }],
    ['--gmcp-events=', { gmcpEvents: [] }],
    ['--upstream-up-gmcp Char.Name', { upstreamUpGmcp: 'Char.Name' }],
    ['--upstream-up-pattern ^Welcome', { upstreamUpPattern: /^Welcome/u }],
  ])('%s', (flags, expected) => {
    expect(settingsOf(load(flags))).toMatchObject(expected);
  });

  test.each([
    '--telnet -1',
    '--telnet 4e3',
    '--token-ttl-seconds 1h',
    '--token-ttl-seconds 0',
    '--token-ttl-seconds 99999999999999999999',
    '--enable-reconnection maybe',
    '--data ~/holdfast',
    '--data=',
    '--log-level loud',
    '--host 10.0.0',
    '--gmcp-events Comm.*,',
    '--gmcp-events *.Comm',
    '--upstream-up-gmcp Char..Name',
    '--upstream-up-pattern=',
    `--upstream-up-pattern ${'a'.repeat(201)}`,
  ])('%s is refused', (flags) => {
    expect(problemsOf(load(flags))).toEqual([expect.stringMatching(/^--[a-z-]+: expected .+, found /u)]);
  });

  test('a faulty regular expression is refused with its fault', () => {
    expect(problemsOf(load('--upstream-up-pattern (Welcome'))).toEqual([
      '--upstream-up-pattern: expected a regular expression (Unterminated group), found "(Welcome"',
    ]);
  });

  test('a long value is cut in the message', () => {
    const [problem = ''] = problemsOf(load(`--telnet ${'9'.repeat(1_000_000)}`));
    expect(problem.length).toBeLessThan(200);
  });
});

describe('environment variables', () => {
  test('an empty one counts as unset', () => {
    expect(settingsOf(load('', { HOLDFAST_TELNET: '' })).telnet).toBe(4000);
  });

  test('an unknown one is a problem, with the right spelling', () => {
    expect(problemsOf(load('', { HOLDFAST_TOKEN_TTL: '60', HOLDFAST_COLOUR: 'red' }))).toEqual([
      'HOLDFAST_COLOUR: unknown setting',
      'HOLDFAST_TOKEN_TTL: unknown setting; did you mean HOLDFAST_TOKEN_TTL_SECONDS?',
    ]);
  });

  test("those of the tests, of Kubernetes services and of other programs are not Holdfast's", () => {
    const environment = {
      HOLDFAST_TEST_CHROMIUM: '/usr/bin/chromium',
      HOLDFAST_SERVICE_HOST: '10.0.0.1',
      HOLDFAST_SERVICE_PORT_HTTP: '8080',
      HOLDFAST_PORT: 'tcp://10.0.0.1:8080',
      HOLDFAST_PORT_8080_TCP_ADDR: '10.0.0.1',
      HOLDFASTER: '1',
    };
    expect(problemsOf(load('', environment))).toEqual([]);
  });
});

test('every default is a right value, written as an operator would', () => {
  for (const name of SETTING_NAMES) {
    const { type, default: text } = SETTINGS[name];
    if (text !== undefined) expect(type.read({ kind: 'text', text }), name).toHaveProperty('value');
  }
});
