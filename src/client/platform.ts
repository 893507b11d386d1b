// What this layer uses of the place that it runs in, by structure: it compiles without a browser's types and without
// Node's, and any name that is not here is a compile error everywhere else in the layer.

/** What is used of a `WebSocket`: that of browsers, of Node 22 and later, and of the package `ws` all have it. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** `sessionStorage`, `localStorage`, or what behaves like them, at once or later. */
export interface WebStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/** The storages of a browser answer at once. */
export interface BrowserStorage extends WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** An `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
}

interface Target {
  addEventListener(
    type: string,
    listener: (event: { readonly type: string }) => void,
    options: { readonly capture: boolean; readonly signal: Signal },
  ): void;
}

export interface Locks {
  request(
    name: string,
    options: { readonly signal?: Signal; readonly steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<void>;
}

export interface Channel {
  addEventListener(type: 'message', listener: () => void): void;
  postMessage(message: string): void;
  close(): void;
}

export interface Everywhere {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  readonly AbortController: new () => { readonly signal: Signal; abort(): void };
}

/** All that there is in a browser with Web Locks. */
export interface Browser extends Everywhere, Target {
  readonly document: { readonly hidden: boolean };
  readonly navigator: { readonly locks: Locks };
  /** Over TLS and on localhost only, as the locks. */
  readonly crypto: { randomUUID(): string };
  readonly sessionStorage: BrowserStorage;
  readonly localStorage: BrowserStorage;
  readonly BroadcastChannel: new (name: string) => Channel;
  readonly WebSocket: WebSocketConstructor;
}

// The one place where the compiler has to take our word for what is around us.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const platform: Everywhere & Partial<Browser> = globalThis as unknown as Everywhere & Partial<Browser>;
