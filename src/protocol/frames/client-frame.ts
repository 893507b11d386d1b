import type { FrameTable } from '../validate.ts';
import { ackFrame, type AckFrame } from './ack.ts';
import { commandFrame, type CommandFrame } from './command.ts';
import { clientGmcpFrame, type ClientGmcpFrame } from './gmcp.ts';
import { helloFrame, type HelloFrame } from './hello.ts';
import { linkFrame, type LinkFrame } from './link.ts';
import { pingFrame, type PingFrame } from './ping.ts';
import { quitFrame, type QuitFrame } from './quit.ts';
import { refreshFrame, type RefreshFrame } from './refresh.ts';
import { replayFrame, type ReplayFrame } from './replay.ts';
import { storedFrame, type StoredFrame } from './stored.ts';
import { windowFrame, type WindowFrame } from './window.ts';

/** What a client says. */
export type ClientFrame =
  | HelloFrame
  | StoredFrame
  | CommandFrame
  | ClientGmcpFrame
  | AckFrame
  | ReplayFrame
  | WindowFrame
  | RefreshFrame
  | LinkFrame
  | PingFrame
  | QuitFrame;

// `challenge` and `proof` are reserved for proof of possession.
export const CLIENT_FRAMES: FrameTable<ClientFrame> = {
  hello: helloFrame,
  stored: storedFrame,
  command: commandFrame,
  gmcp: clientGmcpFrame,
  ack: ackFrame,
  replay: replayFrame,
  window: windowFrame,
  refresh: refreshFrame,
  link: linkFrame,
  ping: pingFrame,
  quit: quitFrame,
};
