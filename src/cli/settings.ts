import type { Overflow } from '../core/index.ts';
import type { Charset } from '../transports/index.ts';
import {
  type Endpoint,
  type SettingType,
  dropAction,
  endpoint,
  gameLine,
  gmcpPackage,
  gmcpPatterns,
  hostName,
  networks,
  oneOf,
  path,
  pattern,
  portOrOff,
  wholeNumber,
  words,
  yesOrNo,
} from './settings-type.ts';

/** Everything that an operator can decide. What each one means is said once, in `SETTINGS`. */
export interface Settings {
  readonly config: string | undefined;
  readonly host: string;
  readonly telnet: number | 'off';
  readonly telnetTls: number | 'off';
  readonly http: number | 'off';
  readonly https: number | 'off';
  readonly tlsCertificate: string | undefined;
  readonly tlsKey: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly data: string;
  readonly operator: number | 'off';
  readonly operatorHost: string;
  readonly operatorNames: readonly string[];
  readonly operatorCredentialFile: string | undefined;
  readonly upstream: Endpoint | undefined;
  readonly upstreamEncoding: 'utf-8' | 'latin1' | 'cp437' | 'windows-1251' | 'koi8-r' | 'gbk' | 'big5';
  readonly upstreamReconnect: boolean;
  readonly upstreamUpPattern: RegExp | undefined;
  readonly upstreamUpGmcp: string | undefined;
  readonly upstreamProxyProtocol: 'off' | 'v1' | 'v2';
  readonly upstreamOnDrop: 'nothing' | 'close' | { readonly line: string };
  readonly upstreamOnDropSeconds: number;
  readonly upstreamOnReturn: string | undefined;
  readonly upstreamOnEnd: string | undefined;
  readonly enableReconnection: boolean;
  readonly tokenTtlSeconds: number;
  readonly telnetTokenLine: boolean;
  readonly charLogin: boolean;
  readonly telnetCharset: Charset;
  readonly texts: string | undefined;
  readonly telnetKeepaliveSeconds: number;
  readonly heldCommandTtlSeconds: number;
  readonly privateLines: readonly string[];
  readonly gmcpEvents: readonly string[];
  readonly queueCommands: number;
  readonly backlogBytes: number;
  readonly backlogEntries: number;
  readonly backlogOverflow: Overflow;
  readonly commandBytes: number;
  readonly frameBytes: number;
  readonly windowBytes: number;
  readonly windowEntries: number;
  readonly pingMs: number;
  readonly helloTimeoutMs: number;
  readonly loginTimeoutSeconds: number;
  readonly maxConnections: number;
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
}

export type SettingName = keyof Settings;

/** A row of the table. The default is text, read like any other source; only a setting that may be absent has none. */
export type Setting<T> = {
  readonly type: SettingType<Exclude<T, undefined>>;
  readonly doc: string;
} & (undefined extends T ? { readonly default?: undefined } : { readonly default: string });

type SettingsTable = { readonly [Name in SettingName]: Setting<Settings[Name]> };

/**
 * The table that flags, YAML keys, environment variables, defaults, validation, the help and `docs/configuration.md`
 * come from. A name gives its other spellings (`settings-name.ts`); a unit is the last word of the name.
 */
export const SETTINGS: SettingsTable = {
  config: {
    type: path,
    doc: 'A YAML file with settings. Cannot be set in the file itself.',
  },
  host: {
    type: hostName,
    default: '127.0.0.1',
    doc: 'The address to listen on. 0.0.0.0 or :: lets other machines in.',
  },
  telnet: {
    type: portOrOff,
    default: '4000',
    doc: 'The port for Telnet. 0 picks a free one, off turns Telnet off.',
  },
  telnetTls: {
    type: portOrOff,
    default: 'off',
    doc: 'The port for Telnet in TLS. Needs tls_certificate and tls_key.',
  },
  http: {
    type: portOrOff,
    default: '8080',
    doc: 'The port for the web page, WebSocket (/play) and /healthz. 0 picks a free one, off turns them off.',
  },
  https: {
    type: portOrOff,
    default: 'off',
    doc: 'The port for the same in TLS. Needs tls_certificate and tls_key.',
  },
  tlsCertificate: {
    type: path,
    doc: 'A PEM file: the certificate and those that lead to its root. Read again when it changes.',
  },
  tlsKey: {
    type: path,
    doc: 'A PEM file: the private key of the certificate, without a passphrase.',
  },
  trustedProxies: {
    type: networks,
    default: '',
    doc: 'Proxies that are believed: by a PROXY header (a must on Telnet ports) or X-Forwarded-For.',
  },
  data: {
    type: path,
    default: './data',
    doc: 'The folder where sessions are kept. One gateway at a time.',
  },
  operator: {
    type: portOrOff,
    default: 'off',
    doc: "The port for the operator's page and API. 0 picks a free one, off turns them off.",
  },
  operatorHost: {
    type: hostName,
    default: '127.0.0.1',
    doc: 'The address to listen on for the operator. There is no TLS here.',
  },
  operatorNames: {
    type: words,
    default: '',
    doc: 'Host names by which browsers reach it through a proxy, beside addresses and localhost.',
  },
  operatorCredentialFile: {
    type: path,
    doc: "The file with the operator's credential. Without it: operator-credential in data, made at the start.",
  },
  upstream: {
    type: endpoint,
    doc: 'The game to stand in front of. Without it the gateway runs its demo world.',
  },
  upstreamEncoding: {
    type: oneOf('utf-8', 'latin1', 'cp437', 'windows-1251', 'koi8-r', 'gbk', 'big5'),
    default: 'utf-8',
    doc: 'How the game encodes text, unless Telnet CHARSET settles it.',
  },
  upstreamReconnect: {
    type: yesOrNo,
    default: 'true',
    doc: 'Whether to connect to the game again when it goes away.',
  },
  upstreamUpPattern: {
    type: pattern,
    doc: 'A line of the game that shows that the player is in (JavaScript); its group "account" is the account.',
  },
  upstreamUpGmcp: {
    type: gmcpPackage,
    doc: 'A GMCP package that shows that the player is in; its field "account", or else "name", is the account.',
  },
  upstreamProxyProtocol: {
    type: oneOf('off', 'v1', 'v2'),
    default: 'off',
    doc: "Whether a PROXY header with the player's address begins each connection to the game.",
  },
  upstreamOnDrop: {
    type: dropAction,
    default: 'nothing',
    doc: 'What the game hears when a player dropped: nothing, a line, or the close of the connection.',
  },
  upstreamOnDropSeconds: {
    type: wholeNumber(0, 86_400),
    default: '5',
    doc: 'How long a player must be gone for that.',
  },
  upstreamOnReturn: {
    type: gameLine,
    doc: 'A line for the game when a player returns for whom it got a line of upstream_on_drop.',
  },
  upstreamOnEnd: {
    type: gameLine,
    doc: "A line for the game, such as quit, when a session's time ran out or its player left by the client.",
  },
  enableReconnection: {
    type: yesOrNo,
    default: 'true',
    doc: 'Whether sessions outlive their connections. false: no tokens, no resume.',
  },
  tokenTtlSeconds: {
    type: wholeNumber(1, 31_536_000),
    default: '3600',
    doc: 'How long a player who dropped can come back.',
  },
  telnetTokenLine: {
    type: yesOrNo,
    default: 'true',
    doc: 'Whether to print the token as a line of text to Telnet clients that take it in no better way.',
  },
  charLogin: {
    type: yesOrNo,
    default: 'true',
    doc: 'Whether clients with GMCP Char.Login 2 (Mudlet 5) keep the token and come back by themselves.',
  },
  telnetCharset: {
    type: oneOf('utf-8', 'latin1', 'cp437'),
    default: 'utf-8',
    doc: 'The character set for Telnet clients that do not say what they read.',
  },
  texts: {
    type: path,
    doc: 'A YAML file with other words for the sentences that players read, see docs/texts.md.',
  },
  telnetKeepaliveSeconds: {
    type: wholeNumber(0, 3_600),
    default: '60',
    doc: 'How often a Telnet client is sent a sign of life that it does not show, and asked for one. 0: never.',
  },
  heldCommandTtlSeconds: {
    type: wholeNumber(1, 86_400),
    default: '60',
    doc: 'How long a command waits for its player to come back.',
  },
  privateLines: {
    type: words,
    default: 'connect,create,@password',
    doc: 'First words of lines that may hold a password: neither logged nor held.',
  },
  gmcpEvents: {
    type: gmcpPatterns,
    default: 'Comm.*',
    doc: 'GMCP packages whose every message counts. Of any other only the last value is kept.',
  },
  queueCommands: {
    type: wholeNumber(1, 10_000),
    default: '100',
    doc: 'Commands of one session that may wait. One more is refused.',
  },
  backlogBytes: {
    type: wholeNumber(4_096, 67_108_864),
    default: '262144',
    doc: 'Unread output kept for one session. Over it backlog_overflow decides.',
  },
  backlogEntries: {
    type: wholeNumber(16, 1_000_000),
    default: '4096',
    doc: 'The same, counted in entries.',
  },
  backlogOverflow: {
    type: oneOf('drop_oldest', 'slow_world', 'close'),
    default: 'drop_oldest',
    doc: 'What happens over it: the oldest goes, the game waits (--upstream), or the session closes.',
  },
  commandBytes: {
    type: wholeNumber(64, 1_048_576),
    default: '4096',
    doc: 'The longest command.',
  },
  frameBytes: {
    type: wholeNumber(1_024, 16_777_216),
    default: '65536',
    doc: 'The largest WebSocket frame from a client.',
  },
  windowBytes: {
    type: wholeNumber(1_024, 16_777_216),
    default: '65536',
    doc: 'Output that may be on its way to a WebSocket client, not yet acknowledged.',
  },
  windowEntries: {
    type: wholeNumber(2, 65_536),
    default: '256',
    doc: 'The same, counted in entries.',
  },
  pingMs: {
    type: wholeNumber(1_000, 600_000),
    default: '30000',
    doc: 'How often a connection is asked whether it is still there.',
  },
  helloTimeoutMs: {
    type: wholeNumber(100, 600_000),
    default: '10000',
    doc: 'How long a new WebSocket connection may take to say hello.',
  },
  loginTimeoutSeconds: {
    type: wholeNumber(1, 86_400),
    default: '300',
    doc: 'How long a player may take to get into the game.',
  },
  maxConnections: {
    type: wholeNumber(1, 1_000_000),
    default: '10000',
    doc: 'Connections at a time. One more is turned away.',
  },
  logLevel: {
    type: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    default: 'info',
    doc: 'The least severe messages that are logged.',
  },
};

// `Object.keys` forgets that the table has exactly the names of the type.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS) as SettingName[];
