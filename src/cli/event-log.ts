import type { Logger } from 'pino';
import type { OnEvent } from '../gateway/index.ts';

/** Writes the gateway's events to the log. No event has a secret in it, so none gets there. */
export function eventLog(log: Logger): OnEvent {
  return ({ kind, ...event }) => {
    if ('error' in event) {
      const { error, ...where } = event;
      log.error({ ...where, err: error instanceof Error ? error : new Error(String(error)) }, kind);
    } else if (kind === 'refused' || kind === 'revoked') {
      log.warn(event, kind);
    } else {
      log.info(event, kind);
    }
  };
}
