/** One WebSocket message: a string is a text frame. */
export type Frame = string | Uint8Array;

/** What comes of bytes for the client. */
export interface FramingSink {
  frame(frame: Frame): void;
  /** Bytes of Telnet that a client of Telnet would answer. */
  answer(bytes: Uint8Array): void;
  /** Calls back when the client's side has all frames so far. */
  mark(passed: () => void): void;
}

/**
 * One of the subprotocols for MUD clients that are proposed at mudstandards.org/websocket: how a player's Telnet
 * stream becomes frames, and frames become it. One is made for each connection.
 */
export interface Framing {
  /** Bytes of Telnet for the client; all that was written in one turn of the event loop. */
  toClient(bytes: Uint8Array, sink: FramingSink): void;
  /** A frame of the client's, as bytes of Telnet. What cannot be read is none. */
  toPlayer(frame: Frame): Uint8Array;
}
