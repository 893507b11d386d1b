/** What is known of a player's client. Everything in it comes from the client: believe none of it. */
export interface ClientInfo {
  /** `telnet` or `websocket`. */
  readonly transport: string;
  /** The player's network address, as the transport knows it. */
  readonly address?: string;
  readonly name?: string;
  readonly version?: string;
  readonly terminal?: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly encoding?: string;
  readonly screenReader?: boolean;
  /** What its terminal can show, as bits of MTTS, where it said so: colours, cursor movement. No other bit is set. */
  readonly mtts?: number;
  /** The connection is known to be encrypted: absent where it is not, or where only a proxy before us knows. */
  readonly secure?: true;
}
