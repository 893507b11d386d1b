import type { ClientInfo } from '../core/index.ts';
import type { ByeReason, TokenGrant } from '../protocol/index.ts';

/** A connection, as an operator sees it. */
export interface ConnectionInfo {
  readonly id: number;
  readonly client: ClientInfo;
  /** When it came, in ms since 1970. */
  readonly since: number;
  /** Absent while it has not said hello. */
  readonly sessionId?: string;
}

/** What is known of a conversation, and can be done to it, from outside. */
export interface Registered {
  readonly info: ConnectionInfo;
  /** Resolves when it is over and the session knows it. */
  readonly done: Promise<void>;
  /** Sends its client to another session, with a token for it. */
  welcome(token: TokenGrant): void;
  /** Says goodbye, and ends it. */
  dismiss(reason: ByeReason): void;
}

/** All connections of this node, and which of them serves which session. */
export class Registry {
  readonly #conversations = new Set<Registered>();
  readonly #bySession = new Map<string, Registered>();

  get count(): number {
    return this.#conversations.size;
  }

  add(conversation: Registered): void {
    this.#conversations.add(conversation);
  }

  remove(conversation: Registered): void {
    this.#conversations.delete(conversation);
    const { sessionId } = conversation.info;
    if (sessionId !== undefined && this.#bySession.get(sessionId) === conversation) {
      this.#bySession.delete(sessionId);
    }
  }

  /** The conversation is the session's newest attachment. */
  attach(sessionId: string, conversation: Registered): void {
    this.#bySession.set(sessionId, conversation);
  }

  attached(sessionId: string): Registered | undefined {
    return this.#bySession.get(sessionId);
  }

  list(): readonly ConnectionInfo[] {
    return [...this.#conversations].map((conversation) => conversation.info);
  }

  conversations(): readonly Registered[] {
    return [...this.#conversations];
  }

  sessionIds(): readonly string[] {
    return [...this.#bySession.keys()];
  }
}
