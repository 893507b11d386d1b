import { decodeEnviron, encodeEnviron, type EnvironRequest } from './new-environ.ts';
import { parseMtts } from './ttype.ts';

/** What is asked for, by name: no client is made to tell more of its user's environment than is used. */
const QUESTIONS: readonly EnvironRequest[] = [
  { type: 'var', name: 'USER' },
  ...['CLIENT_NAME', 'CLIENT_VERSION', 'TERMINAL_TYPE', 'MTTS', 'CHARSET'].map((name): EnvironRequest => ({
    type: 'var',
    name,
  })),
  { type: 'uservar', name: 'RECONNECT_TOKEN' },
];

/** What a client told of its environment. Believe none of it. */
export interface EnvironReport {
  /** RFC 1572 `USER`, and the user variable `RECONNECT_TOKEN`: either may be a token, and then is a secret. */
  readonly user: string | undefined;
  readonly reconnectToken: string | undefined;
  /** MNES, as described at https://tintin.mudhalla.net/protocols/mnes/. */
  readonly clientName: string | undefined;
  readonly clientVersion: string | undefined;
  readonly terminal: string | undefined;
  /** The bits of `MTTS`. */
  readonly mtts: number | undefined;
  readonly charset: string | undefined;
}

/**
 * The server's half of NEW-ENVIRON (RFC 1572) with the variables of MNES: asks once, and takes the answer and later changes.
 * Send the payload of `start` when the client agrees to the option.
 */
export class EnvironQuery {
  /** By name in upper case; `var` and `uservar` are not told apart, since clients mix them up. */
  readonly #values = new Map<string, string>();
  #isAsking = false;

  /** The question. */
  start(): Uint8Array {
    this.#isAsking = true;
    return encodeEnviron({ kind: 'send', requests: QUESTIONS });
  }

  /** Takes a NEW-ENVIRON payload; true when it was the answer or a change. */
  receive(payload: Uint8Array): boolean {
    const message = decodeEnviron(payload);
    if (message === undefined || message.kind === 'send') return false;
    if (message.kind === 'is') this.#isAsking = false;
    for (const { name, value } of message.variables) {
      const key = name.toUpperCase();
      if (!QUESTIONS.some((question) => question.name === key)) continue;
      // An empty one says as little as one that is not there.
      if (value === undefined || value === '') this.#values.delete(key);
      else this.#values.set(key, value);
    }
    return true;
  }

  /** Whether the question is out. A client that never answers leaves it so. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  get report(): EnvironReport {
    const told = (name: string): string | undefined => this.#values.get(name);
    return {
      user: told('USER'),
      reconnectToken: told('RECONNECT_TOKEN'),
      clientName: told('CLIENT_NAME'),
      clientVersion: told('CLIENT_VERSION'),
      terminal: told('TERMINAL_TYPE'),
      mtts: parseMtts(`MTTS ${told('MTTS') ?? ''}`),
      charset: told('CHARSET'),
    };
  }
}
