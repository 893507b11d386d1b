import type { ClientInfo } from '../../core/index.ts';
import { encodeServerFrame, type Link, type PlayerTraits, type ServerFrame } from '../../protocol/index.ts';
import type { WebSocketConnection } from './web-socket-connection.ts';

/** A player who speaks `holdfast.v1`. */
export class WebSocketLink implements Link {
  readonly traits: PlayerTraits = { confirms: true };
  readonly client: ClientInfo;
  readonly #connection: WebSocketConnection;

  constructor(connection: WebSocketConnection) {
    const { address, isSecure } = connection;
    this.#connection = connection;
    this.client = {
      transport: 'websocket',
      ...(address === undefined ? {} : { address }),
      ...(isSecure ? { secure: true } : {}),
    };
  }

  send(frame: ServerFrame): void {
    if (!this.#connection.isEnded) this.#connection.send(encodeServerFrame(frame));
  }

  end(closeCode: number, reason: string): void {
    this.#connection.end(closeCode, reason);
  }
}
