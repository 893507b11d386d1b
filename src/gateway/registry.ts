import type { ClientInfo } from '../core/index.ts';
import type { PlayerConversation } from './player-conversation.ts';

/** A connection, as an operator sees it. */
export interface ConnectionInfo {
  readonly id: number;
  readonly client: ClientInfo;
  /** When it came, in ms since 1970. */
  readonly since: number;
  /** Absent while it has not said hello. */
  readonly sessionId?: string;
}

/** All connections of this node, and which of them serves which session. */
export class Registry {
  readonly #conversations = new Set<PlayerConversation>();
  readonly #bySession = new Map<string, PlayerConversation>();

  get count(): number {
    return this.#conversations.size;
  }

  add(conversation: PlayerConversation): void {
    this.#conversations.add(conversation);
  }

  remove(conversation: PlayerConversation): void {
    this.#conversations.delete(conversation);
    const { sessionId } = conversation.info;
    if (sessionId !== undefined && this.#bySession.get(sessionId) === conversation) {
      this.#bySession.delete(sessionId);
    }
  }

  /** The conversation is the session's newest attachment. */
  attach(sessionId: string, conversation: PlayerConversation): void {
    this.#bySession.set(sessionId, conversation);
  }

  attached(sessionId: string): PlayerConversation | undefined {
    return this.#bySession.get(sessionId);
  }

  list(): readonly ConnectionInfo[] {
    return [...this.#conversations].map((conversation) => conversation.info);
  }

  conversations(): readonly PlayerConversation[] {
    return [...this.#conversations];
  }

  sessionIds(): readonly string[] {
    return [...this.#bySession.keys()];
  }
}
