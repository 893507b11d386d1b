import type { Framing } from './framing.ts';
import { GmcpFraming } from './gmcp-framing.ts';
import { JsonFraming } from './json-framing.ts';
import { TelnetFraming } from './telnet-framing.ts';
import { TerminalFraming } from './terminal-framing.ts';

/** The subprotocols for MUD clients, and how each is framed. */
export const MUD_SUBPROTOCOLS: ReadonlyMap<string, () => Framing> = new Map<string, () => Framing>([
  ['telnet.mudstandards.org', () => new TelnetFraming()],
  ['terminal.mudstandards.org', () => new TerminalFraming()],
  ['gmcp.mudstandards.org', () => new GmcpFraming()],
  ['json.mudstandards.org', () => new JsonFraming()],
]);
