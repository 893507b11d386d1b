import { flag, label, object, oneOf, optional, text, wholeNumber, type Field } from '../validate.ts';
import { terminalCells } from './window.ts';

/** What the client says of itself; the world is told. */
export interface ClientDescription {
  readonly name: string;
  readonly version: string;
  /** Terminal size in characters, as in `window`. */
  readonly columns?: number;
  readonly rows?: number;
  /** The character set that the player's screen can show. The wire is UTF-8 whatever this says. */
  readonly encoding?: string;
  readonly screen_reader?: boolean;
}

/** The wish to come back, and from where. */
export interface ResumeRequest {
  /**
   * The token in either of its forms. It is read by whoever checks it: one that is malformed or too long is refused
   * like any other (`token_refused`), so here it is only text.
   */
  readonly token: string;
  /** The epoch of `offset`. */
  readonly epoch?: string;
  /** The client has everything through here; 0: it has nothing; absent: what it acknowledged last. */
  readonly offset?: number;
  /** What to do with held commands; absent: `run`. */
  readonly commands?: 'run' | 'skip' | 'ask';
}

/** The first frame of a connection, within 10 s: starts a session or, with `resume`, continues one. */
export interface HelloFrame {
  readonly type: 'hello';
  readonly client?: ClientDescription;
  readonly resume?: ResumeRequest;
}

export const helloFrame: Field<HelloFrame> = object<HelloFrame>({
  type: oneOf('hello'),
  client: optional(
    object<ClientDescription>({
      name: label(64),
      version: label(64),
      columns: optional(terminalCells),
      rows: optional(terminalCells),
      encoding: optional(label(40)),
      screen_reader: optional(flag),
    }),
  ),
  resume: optional(
    object<ResumeRequest>({
      token: text,
      epoch: optional(label(64)),
      offset: optional(wholeNumber),
      commands: optional(oneOf('run', 'skip', 'ask')),
    }),
  ),
});
