import type { WebSocketConstructor, WebSocketLike } from 'holdfast/client';

/** A connection that never came about. */
class DeadSocket implements WebSocketLike {
  readonly readyState = WebSocket.CLOSED;
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  onerror: WebSocketLike['onerror'] = null;

  constructor() {
    setTimeout(() => this.onclose?.({ code: 1006 }));
  }

  send(): void {}

  close(): void {}
}

/**
 * A plug to pull, to see what a lost connection is like. Its `WebSocket` is the browser's, but while the plug is pulled
 * no connection comes about.
 */
export class Plug {
  readonly WebSocket: WebSocketConstructor;
  readonly #sockets = new Set<WebSocket>();
  #isPulled = false;

  constructor() {
    const dial = (url: string, protocol: string): WebSocketLike => {
      if (this.#isPulled) return new DeadSocket();
      const socket = new WebSocket(url, protocol);
      this.#sockets.add(socket);
      socket.addEventListener('close', () => this.#sockets.delete(socket));
      return socket;
    };
    this.WebSocket = new Proxy(WebSocket, { construct: (_, [url, protocol]) => dial(url, protocol) });
  }

  /** Cuts what is connected, and lets nothing connect for `ms`. */
  pull(ms: number): void {
    this.#isPulled = true;
    setTimeout(() => {
      this.#isPulled = false;
    }, ms);
    for (const socket of this.#sockets) socket.close();
  }
}
