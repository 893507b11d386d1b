/** The Telnet layer: bytes to events and back, without I/O, clock or random source. */
export * from './codes.ts';
export { encodeCommand, encodeNegotiation, encodeSubnegotiation, escapeIac } from './encode.ts';
export { LineAssembler, asLine } from './line-assembler.ts';
export type { LineAssemblerSettings, LineEvent } from './line-assembler.ts';
export { Negotiator } from './negotiator.ts';
export type {
  NegotiationOutcome,
  NegotiatorSettings,
  OptionEvent,
  OptionPolicies,
  OptionPolicy,
  OptionSide,
} from './negotiator.ts';
export { CharsetNegotiation } from './options/charset.ts';
export type { CharsetOutcome, CharsetRole } from './options/charset.ts';
export { EnvironQuery } from './options/environ-query.ts';
export type { EnvironReport } from './options/environ-query.ts';
export { decodeGmcp, encodeGmcp, isSamePackage } from './options/gmcp.ts';
export type { GmcpLimits, GmcpMessage, InvalidGmcp } from './options/gmcp.ts';
export { InflationBound, MCCP2_START, isMccp2Start } from './options/mccp2.ts';
export { decodeMsdp, encodeMsdp, msdpOfPackage, packageOfMsdp } from './options/msdp.ts';
export type { MsdpValue, MsdpVariable } from './options/msdp.ts';
export { decodeMssp, encodeMssp } from './options/mssp.ts';
export { decodeWindowSize, encodeWindowSize } from './options/naws.ts';
export type { WindowSize } from './options/naws.ts';
export { decodeEnviron, encodeEnviron } from './options/new-environ.ts';
export type { EnvironMessage, EnvironRequest, EnvironType, EnvironVariable } from './options/new-environ.ts';
export { TimingMarks } from './options/timing-mark.ts';
export type { TimingMarkOutcome } from './options/timing-mark.ts';
export { encodeText, isAscii } from './wire.ts';
export type { Wire } from './wire.ts';
export { MTTS, TerminalTypeCycle, TerminalTypeQuery, parseMtts } from './options/ttype.ts';
export type { TerminalReport } from './options/ttype.ts';
export { TelnetParser } from './parser.ts';
export type { ParserSettings, TelnetEvent, TelnetSink } from './parser.ts';
export { Utf8Decoder, latin1, utf8 } from './utf8.ts';
export type { TextCoding } from './utf8.ts';
