// The players of `resume.mjs`: WebSocket by hand on plain sockets, so that the load costs less than what it measures.
import { connect } from 'node:net';

const KEY = 'aG9sZGZhc3QgYmVuY2hcIQ==';
export const UPGRADE = [
  'GET /play HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Protocol: holdfast.v1',
  '\r\n',
].join('\r\n');

/** The first byte of a text frame that is whole. */
const TEXT = 0x81;

/** A masked text frame; the mask is zero, which costs the server the same. */
function frame(message) {
  const payload = Buffer.from(JSON.stringify(message));
  const head =
    payload.length < 126
      ? Buffer.from([TEXT, 0x80 | payload.length])
      : Buffer.from([TEXT, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/** The texts of all whole text frames in what a server sent; a ping that comes by is left unanswered. */
function textsIn(bytes) {
  const texts = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    let length = bytes[at + 1];
    let from = at + 2;
    if (length === 126) {
      if (at + 4 > bytes.length) break;
      length = bytes.readUInt16BE(at + 2);
      from = at + 4;
    }
    if (from + length > bytes.length) break;
    if (bytes[at] === TEXT) texts.push(bytes.toString('utf8', from, from + length));
    at = from + length;
  }
  return texts;
}

/**
 * One connection: connects, upgrades, says `hello`, reads until a frame of the type `last`, says what `reply` makes of
 * the frames, and is gone without a close. Resolves with all that passed.
 */
function converse(port, hello, last, reply) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const helloFrame = frame(hello);
    let upgraded;
    let received = Buffer.alloc(0);
    let isDone = false;
    socket.on('connect', () => socket.write(UPGRADE));
    socket.on('data', (chunk) => {
      if (isDone) return;
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (upgraded === undefined) {
        const end = received.indexOf('\r\n\r\n') + 4;
        if (end < 4) return;
        upgraded = received.toString('latin1', 0, end);
        received = received.subarray(end);
        socket.write(helloFrame);
      }
      const texts = textsIn(received);
      if (!texts.at(-1)?.startsWith(`{"type":"${last}"`)) return;
      isDone = true;
      const frames = texts.map((text) => JSON.parse(text));
      const said = Buffer.concat(reply(frames).map(frame));
      const done = { frames, texts, upgraded, answer: received };
      const sentBytes = UPGRADE.length + helloFrame.length + said.length;
      socket.write(said, () => {
        socket.destroy();
        resolve({ ...done, helloBytes: helloFrame.length, sentBytes });
      });
    });
    socket.on('error', reject);
    socket.on('close', () => isDone || reject(new Error(`closed too early: ${received.toString()}`)));
  });
}

/** A new player, who gets a token and is gone. */
export async function enter(port) {
  const { frames } = await converse(port, { type: 'hello' }, 'token', () => []);
  const [welcome] = frames;
  return { session: welcome.session, token: frames.at(-1).value };
}

/** Comes back, says that all arrived, and is gone. */
export async function resume(port, player) {
  const hello = { type: 'hello', resume: { token: player.token } };
  return converse(port, hello, 'caught_up', (frames) => [
    { type: 'stored', id: frames[0].token.id },
    { type: 'ack', offset: frames.at(-1).offset },
  ]);
}

/** Takes the new token. Throws where the player did not get exactly the one entry that was missed. */
export function follow(player, { frames }, text) {
  const [resumed, output, caughtUp] = frames;
  const { from, to } = resumed.output ?? {};
  const isRight =
    frames.length === 3 &&
    resumed.session === player.session &&
    resumed.token.value !== player.token &&
    from === to &&
    output.text === text &&
    output.offset === to &&
    caughtUp.offset === to;
  if (!isRight) throw new Error(`a resume went wrong: ${JSON.stringify(frames)}`);
  player.token = resumed.token.value;
}

/** Does something for each item, so many at a time. */
export async function each(items, inFlight, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      await work(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}
