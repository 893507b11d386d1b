import { isIP, isIPv4, isIPv6 } from 'node:net';

/** What a source has for a setting, before anyone knows whether it is right. */
export type Raw =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'other'; readonly found: string };

/** The value, or what would have been one. */
export type Reading<T> = { readonly value: T } | { readonly expected: string };

/**
 * One kind of setting. Flags, environment variables and YAML scalars are all read from their text, so that a value is
 * written the same way everywhere.
 */
export interface SettingType<T> {
  /** Stands for the value in the help. */
  readonly placeholder: string;
  /** Completes "expected …". */
  readonly expected: string;
  read(raw: Raw): Reading<T>;
}

/** A game's address. An IPv6 address is without its brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const PATTERN_LENGTH = 200;
const LIST_ITEMS = 100;
const LINE_LENGTH = 200;
const YES = ['true', 'yes', 'on', '1'];
const NO = ['false', 'no', 'off', '0'];

export const hostName: SettingType<string> = textType('address', 'an address or a host name', (text) =>
  isHost(text) ? text : undefined,
);

export const portOrOff: SettingType<number | 'off'> = textType(
  'port|off',
  'a port (0 to 65535) or off',
  (text) => (text === 'off' ? 'off' : wholeNumberWithin(text, 0, 65_535)),
);

export const endpoint: SettingType<Endpoint> = textType(
  'host:port',
  'host:port (an IPv6 address in brackets: [::1]:4000)',
  (text) => {
    const [, address, name, digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
    const host = address ?? name ?? '';
    const port = wholeNumberWithin(digits ?? '', 1, 65_535);
    const fits = address === undefined ? isHost(host) : isIPv6(host);
    return fits && port !== undefined ? { host, port } : undefined;
  },
);

export const path: SettingType<string> = textType('path', 'a path (~ is not expanded)', (text) =>
  text === '' || text.startsWith('~') || text.includes('\0') ? undefined : text,
);

export const yesOrNo: SettingType<boolean> = textType('true|false', 'true or false', (text) => {
  const word = text.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : undefined;
});

export const gmcpPackage: SettingType<string> = textType(
  'package',
  'a GMCP package, such as Char.Vitals',
  (text) => (/^[A-Za-z][\w-]*(\.[\w-]+)*$/.test(text) ? text : undefined),
);

export const gmcpPatterns: SettingType<readonly string[]> = listOf(
  'package,…',
  'a list of GMCP packages, such as Comm.* or Room.Message',
  (text) => /^[A-Za-z][\w-]*(\.[\w-]+)*(\.\*)?$/.test(text),
);

export const networks: SettingType<readonly string[]> = listOf(
  'address,…',
  'a list of addresses or networks, such as 10.0.0.0/8',
  (text) => {
    const [address = '', prefix, ...more] = text.split('/');
    const bits = isIPv4(address) ? 32 : 128;
    const fits = prefix === undefined || wholeNumberWithin(prefix, 0, bits) !== undefined;
    return isIP(address) !== 0 && fits && more.length === 0;
  },
);

export const words: SettingType<readonly string[]> = listOf(
  'word,…',
  'a list of words without spaces',
  (text) => text.length <= 64 && !/\s/.test(text),
);

export const pattern: SettingType<RegExp> = {
  placeholder: 'pattern',
  expected: `a regular expression of at most ${PATTERN_LENGTH} characters`,
  read(raw) {
    if (raw.kind !== 'text' || raw.text === '' || raw.text.length > PATTERN_LENGTH)
      return { expected: this.expected };
    try {
      return { value: new RegExp(raw.text, 'u') };
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*\/u: /su, '') : String(error);
      return { expected: `a regular expression (${reason})` };
    }
  },
};

export const gameLine: SettingType<string> = textType(
  'line',
  `a line of at most ${LINE_LENGTH} characters`,
  lineWithin,
);

/** What to do about a player who drops, as far as the game is concerned. */
export const dropAction: SettingType<'nothing' | 'close' | { readonly line: string }> = textType(
  'nothing|close|line',
  `nothing, close, or a line of at most ${LINE_LENGTH} characters`,
  (text) => {
    if (text === 'nothing' || text === 'close') return text;
    const line = lineWithin(text);
    return line === undefined ? undefined : { line };
  },
);

export function wholeNumber(least: number, most: number): SettingType<number> {
  const expected = `a whole number from ${least} to ${most}`;
  return textType('number', expected, (text) => wholeNumberWithin(text, least, most));
}

export function oneOf<const T extends string>(...choices: readonly T[]): SettingType<T> {
  return textType(choices.join('|'), `one of ${choices.join(', ')}`, (text) =>
    choices.find((choice) => choice === text.toLowerCase()),
  );
}

/** Completes "found …". */
export function describeRaw(raw: Raw): string {
  switch (raw.kind) {
    case 'text':
      if (raw.text === '') return 'nothing';
      return JSON.stringify(raw.text.length > 80 ? `${raw.text.slice(0, 80)}…` : raw.text);
    case 'list':
      return 'a list';
    case 'other':
      return raw.found;
  }
}

function textType<T>(
  placeholder: string,
  expected: string,
  parse: (text: string) => T | undefined,
): SettingType<T> {
  return {
    placeholder,
    expected,
    read(raw) {
      const value = raw.kind === 'text' ? parse(raw.text) : undefined;
      return value === undefined ? { expected } : { value };
    },
  };
}

function listOf(
  placeholder: string,
  expected: string,
  fits: (item: string) => boolean,
): SettingType<readonly string[]> {
  return {
    placeholder,
    expected,
    read(raw) {
      if (raw.kind === 'other') return { expected };
      const items = raw.kind === 'list' ? raw.items : raw.text.split(',').map((item) => item.trim());
      const value = raw.kind === 'text' && raw.text.trim() === '' ? [] : items;
      return value.length <= LIST_ITEMS && value.every((item) => item !== '' && fits(item))
        ? { value }
        : { expected };
    },
  };
}

function lineWithin(text: string): string | undefined {
  return text !== '' && text.length <= LINE_LENGTH && !/\p{Cc}/u.test(text) ? text : undefined;
}

function wholeNumberWithin(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function isHost(text: string): boolean {
  if (text.length > 253) return false;
  // Digits and dots that are no address ("10.0.0") would be taken for a name or, worse, for another address.
  if (/^[\d.]+$/.test(text)) return isIPv4(text);
  return isIP(text) !== 0 || /^[A-Za-z0-9_][\w.-]*$/.test(text);
}
