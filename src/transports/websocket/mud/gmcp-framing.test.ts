import { expect, it } from 'vitest';
import { encodeGmcp, encodeSubnegotiation, OPTION } from '../../../telnet/index.ts';
import type { Frame } from './framing.ts';
import { GmcpFraming } from './gmcp-framing.ts';

it('puts a message of the game into a frame, however long it is', () => {
  const frames: Frame[] = [];
  const map = JSON.stringify('x'.repeat(300_000));
  const message = encodeSubnegotiation(OPTION.GMCP, encodeGmcp('Room.Map', map));
  const sink = {
    frame: (frame: Frame) => frames.push(frame),
    answer: () => undefined,
    mark: () => undefined,
  };
  new GmcpFraming().toClient(message, sink);
  // Also where it comes in pieces.
  const framing = new GmcpFraming();
  framing.toClient(message.subarray(0, 200_000), sink);
  framing.toClient(message.subarray(200_000), sink);
  expect(frames).toEqual([`Room.Map ${map}`, `Room.Map ${map}`]);
});
