/**
 * The numbers of Telnet: commands (RFC 854, EOR from RFC 885, EOF/SUSP/ABORT from RFC 1184) as plain constants, options
 * as the table `OPTION`.
 */

export const EOF = 236;
export const SUSP = 237;
export const ABORT = 238;
/** End of record: the prompt mark of clients that negotiated EOR (RFC 885). */
export const EOR = 239;
export const SE = 240;
export const NOP = 241;
export const DM = 242;
export const BRK = 243;
export const IP = 244;
export const AO = 245;
export const AYT = 246;
export const EC = 247;
export const EL = 248;
/** Go ahead: the prompt mark of everybody else (RFC 854). */
export const GA = 249;
export const SB = 250;
export const WILL = 251;
export const WONT = 252;
export const DO = 253;
export const DONT = 254;
export const IAC = 255;

/** The options that Holdfast knows, by their protocols' own names. 2 ("Reconnection", 1973) is left out: it is dead. */
export const OPTION = {
  BINARY: 0,
  ECHO: 1,
  SGA: 3,
  TIMING_MARK: 6,
  TTYPE: 24,
  EOR: 25,
  NAWS: 31,
  LINEMODE: 34,
  NEW_ENVIRON: 39,
  CHARSET: 42,
  START_TLS: 46,
  MSDP: 69,
  MSSP: 70,
  MCCP2: 86,
  MCCP3: 87,
  MSP: 90,
  MXP: 91,
  GMCP: 201,
} as const;

/** The four words of option negotiation (RFC 854). */
export type Verb = 'will' | 'wont' | 'do' | 'dont';

/** One `IAC WILL/WONT/DO/DONT option`, in either direction. */
export interface Negotiation {
  readonly verb: Verb;
  readonly option: number;
}
