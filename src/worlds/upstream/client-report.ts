import type { ClientInfo } from '../../core/index.ts';
import { MTTS, type EnvironRequest, type EnvironVariable } from '../../telnet/index.ts';
import { GAME_ENCODINGS, type GameEncoding } from './game-text.ts';
import { plainAddress } from './proxy-header.ts';

/** RFC 1091 allows 40 characters. */
const NAME_LENGTH_LIMIT = 40;
const VALUE_LENGTH_LIMIT = 128;

const GATEWAY_NAME = 'Holdfast';
const TERMINAL = 'XTERM-256COLOR';

/** What the game is told of the player's client: `encoding` is the one that we speak with the game. */
export interface ClientReport {
  readonly client: ClientInfo;
  readonly encoding: GameEncoding;
}

/** The answers to TTYPE, in their order by MTTS: the client's name, its terminal, what it can do. */
export function terminalNames(report: ClientReport): readonly string[] {
  const { name, terminal } = report.client;
  const names = [printable(name) || GATEWAY_NAME, printable(terminal) || TERMINAL];
  return [...names.map((each) => each.slice(0, NAME_LENGTH_LIMIT).toUpperCase()), `MTTS ${mtts(report)}`];
}

/** The answer to a NEW-ENVIRON question, with the variables of MNES. What we do not have is answered as undefined. */
export function answerEnviron(
  report: ClientReport,
  requests: readonly EnvironRequest[],
): readonly EnvironVariable[] {
  const known = environment(report);
  const all = [...known.keys()].map((name): EnvironRequest => ({ type: 'var', name }));
  const everything: readonly EnvironRequest[] = [{ type: 'var' }];
  const asked = (requests.length === 0 ? everything : requests).flatMap((request) => {
    if (request.name !== undefined) return request;
    return request.type === 'var' ? all : [];
  });
  // Asked twice is answered once: no short question has a long answer.
  const answers = new Map<string, EnvironVariable>();
  for (const { type, name = '' } of asked) {
    const value = type === 'var' ? known.get(name.toUpperCase()) : undefined;
    answers.set(`${type} ${name}`, value === undefined ? { type, name } : { type, name, value });
  }
  return [...answers.values()];
}

/** The variables that are not in the newer report as they were in the older one; of one that is gone there is no value. */
export function changedEnviron(older: ClientReport, newer: ClientReport): readonly EnvironVariable[] {
  const [before, after] = [environment(older), environment(newer)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      const value = after.get(name);
      return value === undefined ? { type: 'var', name } : { type: 'var', name, value };
    });
}

function environment(report: ClientReport): ReadonlyMap<string, string> {
  const { client, encoding } = report;
  const variables = {
    CLIENT_NAME: printable(client.name) || GATEWAY_NAME,
    CLIENT_VERSION: printable(client.version),
    CHARSET: GAME_ENCODINGS[encoding],
    MTTS: String(mtts(report)),
    TERMINAL_TYPE: printable(client.terminal) || TERMINAL,
    // The one thing that a game behind a proxy cannot know by itself.
    IPADDRESS: printable(plainAddress(client.address ?? '')),
  };
  return new Map(Object.entries(variables).filter(([, value]) => value !== ''));
}

function mtts({ client, encoding }: ClientReport): number {
  const readsUtf8 = client.encoding === undefined || /^utf-?8$/i.test(client.encoding);
  // Nearly all that do not say can show colours.
  const usual = /^dumb$/i.test(client.terminal ?? '') ? 0 : MTTS.ANSI | MTTS.COLORS_256;
  return (
    (client.mtts ?? usual) |
    (encoding === 'utf-8' && readsUtf8 ? MTTS.UTF8 : 0) |
    (client.screenReader ? MTTS.SCREEN_READER : 0) |
    (client.secure ? MTTS.TLS : 0) |
    MTTS.PROXY |
    MTTS.MNES
  );
}

/** Clients may say anything of themselves; games get one short line of ASCII. */
function printable(text = ''): string {
  return text
    .replace(/[^\u0020-\u007e]+/g, '')
    .trim()
    .slice(0, VALUE_LENGTH_LIMIT);
}
