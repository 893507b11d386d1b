import { stateOf, tokenId, type Chain, type ClientInfo, type Session } from '../core/index.ts';
import type { ClientView, DeviceView, SessionDetail, SessionRow } from './api.ts';
import { queuedOf } from './census.ts';

/** What an operator sees of a session in a list. What its player reads and types is not in it. */
export function rowOf(session: Session, client: ClientInfo | undefined): SessionRow {
  const { endsAt } = session.clock;
  return {
    session: session.id,
    ...(session.account === undefined ? {} : { account: session.account }),
    state: stateOf(session),
    world: session.world,
    world_state: session.worldState,
    created_at: iso(session.createdAt),
    since: iso(session.presence.since),
    ...(endsAt === undefined ? {} : { ends_at: iso(endsAt) }),
    queued: queuedOf(session),
    backlog_entries: session.output.entries,
    backlog_bytes: session.output.bytes,
    ...(client === undefined ? {} : { client: clientView(client) }),
  };
}

export function detailOf(
  session: Session,
  client: ClientInfo | undefined,
  connectedAt: number | undefined,
): SessionDetail {
  const { commands, output } = session;
  const held = commands.held === undefined ? 0 : Math.max(0, commands.held.through - commands.taken);
  return {
    ...rowOf(session, client),
    attachments: session.presence.attachment,
    ...(connectedAt === undefined ? {} : { connected_at: iso(connectedAt) }),
    resume_window_ms: session.clock.windowMs,
    overflow: session.overflow,
    echo: session.echo,
    commands: { accepted: commands.accepted, taken: commands.taken, held },
    output: { end: output.end, acknowledged: output.acked, evicted: output.evicted },
    devices: session.chains.map((chain) => deviceView(chain, session)),
  };
}

function deviceView(chain: Chain, { presence }: Session): DeviceView {
  const { unusedEndsAt, revoked } = chain;
  return {
    device: chain.id,
    token: tokenId(chain.hashes.at(-1) ?? ''),
    generation: chain.generation,
    used_at: iso(chain.usedAt),
    confirmed: chain.sealed === undefined,
    current: chain.id === presence.chain,
    ...(unusedEndsAt === undefined ? {} : { unused_ends_at: iso(unusedEndsAt) }),
    ...(revoked === undefined ? {} : { revoked }),
  };
}

/** Field by field: whatever else a transport comes to know is not shown by accident. */
function clientView(client: ClientInfo): ClientView {
  const { transport, address, name, version, terminal, columns, rows, encoding, screenReader } = client;
  return {
    transport,
    ...(address === undefined ? {} : { address }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(columns === undefined ? {} : { columns }),
    ...(rows === undefined ? {} : { rows }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(screenReader === undefined ? {} : { screen_reader: screenReader }),
  };
}

/** A game may keep a session for longer than a date can say. */
const LAST_DATE_MS = 8.64e15;

function iso(ms: number): string {
  return new Date(Math.min(ms, LAST_DATE_MS)).toISOString();
}
