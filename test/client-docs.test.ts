import { describe, expect, test } from 'vitest';
import type {
  ConnectOptions,
  Keeping,
  Session,
  SessionErrorCode,
  SessionEvents,
  SessionStatus,
  TokenStorage,
} from '../src/client/index.ts';
import type { DropReason } from '../src/core/index.ts';
import type { FaultyLink, TestGateway } from '../src/testing/index.ts';
import { DocPage, type Table } from './support/doc-page.ts';

// The tables of the SDK's page and of the testing kit's, compared with the types: the compiler compares the objects
// below with them, and the tests the objects with the tables.

type Names<T> = { readonly [Name in keyof T]-?: true };

const names = (of: object): string[] => Object.keys(of);

/** The names in a column: `a(b, c?)`, `d, e`, `f?()` are a, d, e and f. */
function column({ rows }: Table, name: string): string[] {
  return rows
    .flatMap((row) => (row[name] ?? '').replaceAll(/\(.*?\)/g, '').split(', '))
    .map((cell) => cell.replace('?', ''))
    .filter((cell) => cell !== '' && cell !== 'await using');
}

describe('docs/client-sdk.md', () => {
  const page = new DocPage('docs/client-sdk.md');

  test('has every option of connect', () => {
    const options: Names<ConnectOptions> = {
      tokenStorage: true,
      token: true,
      client: true,
      heldCommands: true,
      queue: true,
      WebSocket: true,
      signal: true,
    };
    expect(column(page.table('connect'), 'option')).toEqual(names(options));
  });

  test('has every call of a session', () => {
    const calls: Omit<Names<Session>, typeof Symbol.asyncDispose> = {
      on: true,
      send: true,
      gmcp: true,
      choose: true,
      resize: true,
      link: true,
      retry: true,
      takeOver: true,
      quit: true,
      close: true,
      status: true,
      storage: true,
    };
    expect(column(page.table('The session'), 'call')).toEqual(names(calls));
  });

  test('has every event with every field', () => {
    const back = { session: true, awayMs: true, held: true, missed: true, gap: true } as const;
    const events: { readonly [Name in keyof Omit<SessionEvents, 'status'>]: Names<SessionEvents[Name]> } = {
      welcome: { session: true },
      replay: back,
      resumed: back,
      output: { text: true, prompt: true, isReplay: true },
      echo: { on: true },
      gmcp: { package: true, data: true },
      dropped: { seq: true, through: true, reason: true },
      gap: { from: true, to: true, reason: true, bytes: true },
      state: { state: true, world: true },
      overflow: { waiting: true },
      storage: { keeps: true },
      problem: { code: true, message: true },
    };
    const [status, ...rows] = page.table('Events').rows.map((row) => [row['event'], row['fields']]);
    expect(status).toEqual(['status', 'see status']);
    expect(rows).toEqual(Object.entries(events).map(([name, fields]) => [name, names(fields).join(', ')]));
  });

  test('has every status with every field', () => {
    type Of<Kind> = Omit<Extract<SessionStatus, { readonly kind: Kind }>, 'kind'>;
    const kinds: { readonly [Kind in SessionStatus['kind']]: Names<Of<Kind>> } = {
      blocked: {},
      connecting: {},
      replaying: {},
      open: {},
      waiting: { retryAt: true, reason: true },
      closed: { reason: true, canResume: true },
    };
    expect(page.table('Status').rows.map((row) => [row['kind'], row['fields']])).toEqual(
      Object.entries(kinds).map(([kind, fields]) => [kind, names(fields).join(', ')]),
    );
  });

  test('has every code of an error of its own', () => {
    const codes: Names<Record<Exclude<SessionErrorCode, DropReason>, unknown>> = {
      queue_full: true,
      invalid: true,
      lost: true,
      unknown: true,
      closed: true,
    };
    expect(column(page.table('Errors'), 'code')).toEqual(names(codes));
  });

  test('has every place of a token, and all of a storage', () => {
    const keeps: Names<Record<Keeping, unknown>> = { locked: true, tab: true, device: true, memory: true };
    const storage: Names<TokenStorage> = {
      keeps: true,
      open: true,
      save: true,
      remove: true,
      close: true,
      takeOver: true,
    };
    const [places, parts] = page.tables.filter(({ heading }) => heading === 'Where the token lies');
    expect(places && column(places, 'keeps')).toEqual(names(keeps));
    expect(parts && column(parts, 'TokenStorage')).toEqual(names(storage));
  });
});

describe('docs/testing.md', () => {
  const page = new DocPage('docs/testing.md');

  test('has all of a test gateway', () => {
    const parts: Omit<Names<TestGateway>, typeof Symbol.asyncDispose> = {
      url: true,
      port: true,
      telnetPort: true,
      link: true,
      telnetLink: true,
      events: true,
      event: true,
      gateway: true,
      restart: true,
      close: true,
    };
    expect(column(page.table('startTestGateway'), 'TestGateway')).toEqual(names(parts));
  });

  test('has all of a faulty link', () => {
    const parts: Omit<Names<FaultyLink>, typeof Symbol.asyncDispose> = {
      port: true,
      url: true,
      cut: true,
      halfOpen: true,
      delay: true,
      atByte: true,
      refuse: true,
      heal: true,
      leadTo: true,
      delivered: true,
      failures: true,
      close: true,
    };
    expect(column(page.table('startFaultyLink'), 'FaultyLink')).toEqual(names(parts));
  });
});
