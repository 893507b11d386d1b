import type { Socket } from 'node:net';
import { deliverLater, deliverNow } from '../../runtime/turn-reads.ts';

/**
 * Gives the listener what the socket brings, at the end of each turn of the event loop. A flowing stream gives each chunk by way
 * of its queue, and with a tick of the process after it to see whether there is more: a thirtieth of all that a player's line
 * costs. While the socket is paused, or has something queued, the stream keeps the order, and its end comes by it as ever.
 */
export function readDirectly(socket: Socket, listener: (chunk: Uint8Array) => void): void {
  const queue = socket.push.bind(socket);
  const isFlowing = (): boolean => socket.readableFlowing === true && socket.readableLength === 0;
  const deliver = (chunk: Uint8Array): void => {
    // The listener may have paused it meanwhile.
    if (isFlowing()) listener(chunk);
    else queue(chunk);
  };
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk instanceof Uint8Array && isFlowing()) {
      deliverLater(chunk, deliver);
      return true;
    }
    deliverNow();
    return queue(chunk, encoding);
  };
  socket.on('data', listener);
  // After a reset there is no end to the stream.
  socket.prependListener('close', deliverNow);
}
