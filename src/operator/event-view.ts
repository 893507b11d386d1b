import type { GatewayEvent } from '../gateway/index.ts';
import type { EventView } from './api.ts';

/** A longer error message is cut, in characters. */
const MESSAGE_LIMIT = 200;

/** An event as the API shows it. Errors keep their message only; stacks are in the log. */
export function viewOfEvent(event: GatewayEvent, id: number, now: number): EventView {
  return { id, at: new Date(now).toISOString(), kind: event.kind, ...fieldsOf(event) };
}

function fieldsOf(event: GatewayEvent): Partial<EventView> {
  const session = event.sessionId === undefined ? {} : { session: event.sessionId };
  switch (event.kind) {
    case 'opened':
      return { ...session, transport: event.transport };
    case 'resumed': {
      const { transport, takeover, awayMs, tookMs, held } = event;
      return { ...session, transport, takeover, away_ms: awayMs, took_ms: tookMs, held };
    }
    case 'detached':
    case 'closed':
      return { ...session, reason: event.reason };
    case 'refused':
    case 'postponed':
      return {
        ...session,
        reason: event.reason,
        ...(event.transport === undefined ? {} : { transport: event.transport }),
      };
    case 'revoked':
      return {
        ...session,
        reason: event.reason,
        ...(event.tokenId === undefined ? {} : { token: event.tokenId }),
      };
    case 'gap':
      return {
        ...session,
        reason: event.reason,
        ...(event.entries === undefined ? {} : { entries: event.entries }),
        ...(event.bytes === undefined ? {} : { bytes: event.bytes }),
      };
    case 'failed': {
      const { where, error } = event;
      const message = error instanceof Error ? error.message : String(error);
      return { ...session, where, error: message.slice(0, MESSAGE_LIMIT) };
    }
  }
}
