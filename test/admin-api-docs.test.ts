import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  API_ERRORS,
  type ClientView,
  type DeviceView,
  type EventView,
  type Percentiles,
  type SeriesView,
  type SessionDetail,
  type SessionRow,
  type Status,
  type StoreHealth,
  type Totals,
  type WorldHealth,
} from '../src/operator/index.ts';
import { ROUTES } from '../src/operator/routes/index.ts';
import { DocPage, repositoryPath } from './support/doc-page.ts';

// docs/admin-api.md says what the operator's API does: each route, parameter, field and error, and no other.

const page = new DocPage('docs/admin-api.md');

/** Each field, and whether it is always there: the compiler compares this with the API's types. */
type Needs<View> = { readonly [Field in keyof View]-?: object extends Pick<View, Field> ? false : true };

const status: Needs<Status> = {
  version: true,
  phase: true,
  healthy: true,
  now: true,
  started_at: true,
  connections: true,
  counted_at: false,
  sessions: true,
  queued: true,
  backlog_entries: true,
  backlog_bytes: true,
  resume_ms: true,
  totals: true,
  store: true,
  worlds: true,
  process: true,
};
const percentiles: Needs<Percentiles> = { count: true, p50: false, p95: false, p99: false, largest: true };
const totals: Needs<Totals> = {
  opened: true,
  resumed: true,
  takeover: true,
  refused: true,
  postponed: true,
  revoked: true,
  detached: true,
  closed: true,
  gaps: true,
  failed: true,
};
const store: Needs<StoreHealth> = { status: true, checked_at: false, read_ms: false, error: false };
const world: Needs<WorldHealth> = {
  world: true,
  delivery: true,
  lease: true,
  running: true,
  up: true,
  login: true,
  down: true,
};
const series: Needs<SeriesView> = {
  from: true,
  step_ms: true,
  opened: true,
  resumed: true,
  takeover: true,
  refused: true,
  postponed: true,
  gaps: true,
  resume_ms: true,
  sessions: true,
  away: true,
  queued: true,
  backlog_bytes: true,
};
const session: Needs<SessionRow> = {
  session: true,
  account: false,
  state: true,
  world: true,
  world_state: true,
  created_at: true,
  since: true,
  ends_at: false,
  queued: true,
  backlog_entries: true,
  backlog_bytes: true,
  client: false,
};
const client: Needs<ClientView> = {
  transport: true,
  address: false,
  name: false,
  version: false,
  terminal: false,
  columns: false,
  rows: false,
  encoding: false,
  screen_reader: false,
};
const details: Needs<Omit<SessionDetail, keyof SessionRow>> = {
  attachments: true,
  connected_at: false,
  resume_window_ms: true,
  overflow: true,
  echo: true,
  commands: true,
  output: true,
  devices: true,
};
const device: Needs<DeviceView> = {
  device: true,
  token: true,
  generation: true,
  used_at: true,
  confirmed: true,
  current: true,
  unused_ends_at: false,
  revoked: false,
};
const event: Needs<EventView> = {
  id: true,
  at: true,
  kind: true,
  session: false,
  reason: false,
  transport: false,
  takeover: false,
  away_ms: false,
  took_ms: false,
  held: false,
  token: false,
  entries: false,
  bytes: false,
  where: false,
  error: false,
};

describe('docs/admin-api.md', () => {
  test('has every route, with the parameters that it takes', () => {
    const { rows } = page.table('Routes');
    expect(rows.map((row) => [row['route'], row['parameters']])).toEqual(
      ROUTES.map(({ method, path, parameters }) => [`${method} ${path}`, Object.keys(parameters).join(', ')]),
    );
  });

  test('has every parameter, with what it may be', () => {
    const { rows } = page.table('Parameters');
    expect(rows.map((row) => [row['parameter'], row['of'], row['expected']])).toEqual(
      ROUTES.flatMap(({ path, parameters }) =>
        Object.entries(parameters).map(([name, { expected }]) => [name, path.split('/').at(-1), expected]),
      ),
    );
  });

  test.each<[string, Readonly<Record<string, boolean>>]>([
    ['Status', status],
    ['Percentiles', percentiles],
    ['Totals', totals],
    ['Store', store],
    ['World', world],
    ['Series', series],
    ['Session', session],
    ['Client', client],
    ['Session details', details],
    ['Device', device],
    ['Event', event],
  ])('has every field of "%s"', (heading, needs) => {
    expect(page.table(heading).rows.map((row) => row['field'])).toEqual(
      Object.entries(needs).map(([name, isNeeded]) => `${name}${isNeeded ? '' : '?'}`),
    );
  });

  test('has every error, with its status and message', () => {
    const { rows } = page.table('Errors of the API');
    expect(rows.map((row) => [row['code'], row['status'], row['message']])).toEqual(
      Object.entries(API_ERRORS).map(([code, { status: number, message }]) => [
        code,
        String(number),
        message,
      ]),
    );
  });

  test('has the limits, as they are in the code', () => {
    const source = readdirSync(repositoryPath('src/operator'))
      .map((file) => repositoryPath(`src/operator/${file}`))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    for (const row of page.table('Limits of the API').rows) {
      const found = new RegExp(`const ${row['in the code']} = ([\\d_]+);`).exec(source)?.[1];
      expect({ ...row, value: found?.replaceAll('_', '') }).toEqual(row);
    }
  });
});
