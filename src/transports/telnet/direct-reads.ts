import type { Socket } from 'node:net';

/**
 * Gives each chunk to the listener as the socket brings it. A flowing stream does that too, but by way of its queue, and with a
 * tick of the process after each chunk to see whether there is more: a thirtieth of all that a player's line costs. While the
 * socket is paused, or has something queued, the stream keeps the order, and its end comes by it as ever.
 */
export function readDirectly(socket: Socket, listener: (chunk: Uint8Array) => void): void {
  const queue = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    const isNext = socket.readableFlowing === true && socket.readableLength === 0;
    if (!isNext || !(chunk instanceof Uint8Array)) return queue(chunk, encoding);
    listener(chunk);
    return true;
  };
  socket.on('data', listener);
}
