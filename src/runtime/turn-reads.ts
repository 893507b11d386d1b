/** A chunk of so many bytes is not kept: more may be behind it, of which the listener may want no more. */
export const LARGE_BYTES = 65_536;

/** So much is kept of all connections together. */
const KEPT_LIMIT_BYTES = 1_048_576;

type Listener = (chunk: Uint8Array) => void;

/** What came in this turn of the event loop and is not delivered, in order. */
let chunks: Uint8Array[] = [];
/** Of each chunk its listener: two lists, and not an object for each. */
let listeners: Listener[] = [];
let delivered = 0;
let keptBytes = 0;

/**
 * Delivers what a connection brought, when all connections of this turn of the event loop were read; at once what is large, and
 * all where it is much.
 * Reading takes the processor through other code and memory than what is done with what was read: by turns, each would find
 * its caches empty.
 */
export function deliverLater(chunk: Uint8Array, listener: Listener): void {
  if (chunk.length >= LARGE_BYTES) {
    deliverNow();
    listener(chunk);
    return;
  }
  if (chunks.length === 0) setImmediate(deliverNow);
  chunks.push(chunk);
  listeners.push(listener);
  keptBytes += chunk.length;
  if (keptBytes >= KEPT_LIMIT_BYTES) deliverNow();
}

/** Delivers all that there is: before a connection is told to be over, say. */
export function deliverNow(): void {
  try {
    while (delivered < chunks.length) {
      const chunk = chunks[delivered];
      const listener = listeners[delivered];
      delivered += 1;
      if (chunk !== undefined) listener?.(chunk);
    }
  } finally {
    if (delivered < chunks.length) {
      // Where one throws, the others hear theirs all the same.
      setImmediate(deliverNow);
    } else {
      chunks = [];
      listeners = [];
      delivered = 0;
      keptBytes = 0;
    }
  }
}
