import { describe, expect, test } from 'vitest';
import { readConfigFile } from './config-file.ts';

const read = (text: string): ReturnType<typeof readConfigFile> => readConfigFile(text, 'a.yaml');
const rawValues = (text: string): Record<string, unknown> =>
  Object.fromEntries([...read(text).given].map(([name, { raw }]) => [name, raw]));

describe('a config file', () => {
  test('gives each value as it is written', () => {
    const text = '# mine\ntelnet: off\nhttp: "8081" # web\ndata: |-\n  /var/x\ngmcp_events: [Comm.*, A]\n';
    expect(rawValues(text)).toEqual({
      telnet: { kind: 'text', text: 'off' },
      http: { kind: 'text', text: '8081' },
      data: { kind: 'text', text: '/var/x' },
      gmcpEvents: { kind: 'list', items: ['Comm.*', 'A'] },
    });
  });

  test('tells the line of each value, also after a byte order mark and with CRLF', () => {
    const { given } = read('\uFEFFtelnet: 1\r\n\r\nhttp: 2\r\n');
    expect([...given.values()].map(({ where }) => where)).toEqual(['a.yaml:1: telnet', 'a.yaml:3: http']);
  });

  test.each(['', '# nothing yet\n', '---\n'])('may be empty: %j', (text) => {
    expect(read(text)).toEqual({ given: new Map(), problems: [] });
  });

  test.each([
    ['telnet: {port: 4000}', 'a group of keys'],
    ['telnet:', ''],
    ['telnet: &anchor 1\nhttp: *anchor', 'an alias'],
    ['telnet: [[1]]', 'a list with more than words in it'],
  ])('%j has something else than a value', (text, found) => {
    expect(Object.values(rawValues(text)).at(-1)).toEqual(
      found === '' ? { kind: 'text', text: '' } : { kind: 'other', found },
    );
  });

  test.each([
    ['http: 1\ntelnte: 2', 'a.yaml:2: telnte: unknown setting; did you mean telnet?'],
    ['tokenTtlSeconds: 5', 'a.yaml:1: tokenTtlSeconds: unknown setting; did you mean token_ttl_seconds?'],
    ['telnet: 1\nhttp: 2\ntelnet: 3', 'a.yaml:3: telnet: given twice, first at a.yaml:1: telnet'],
    ['config: b.yaml', 'a.yaml:1: config: unknown setting'],
    ['<<: *base', 'a.yaml:1: <<: unknown setting'],
    ['? [a]\n: 1', 'a.yaml:1: key: unknown setting'],
    ['telnet 4000', 'a.yaml:1: expected lines of the form key: value'],
    ['- telnet: 4000', 'a.yaml:1: expected lines of the form key: value'],
    ['http: 1\n\ttelnet: 2', 'a.yaml:2: Tabs are not allowed as indentation'],
    ['private_lines:\n  - @password', 'a.yaml:2: Plain value cannot start with reserved character @'],
    ['telnet: !port 4000', 'a.yaml:1: Unresolved tag: !port'],
    ['telnet: 1\n---\ntelnet: 2', expect.stringMatching(/^a\.yaml:2: Source contains multiple documents/u)],
  ])('%j is reported with its line', (text, problem) => {
    expect(read(text).problems).toContainEqual(problem);
  });

  test('cannot grow by aliases', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const below = `*x${level - 1}`;
      return `k${level}: &x${level} [${level === 0 ? 'lol' : Array(9).fill(below).join(', ')}]`;
    });
    expect(read(levels.join('\n')).problems).toHaveLength(30);
  });
});
