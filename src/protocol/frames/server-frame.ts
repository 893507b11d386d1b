import type { FrameTable } from '../validate.ts';
import { acceptedFrame, type AcceptedFrame } from './accepted.ts';
import { byeFrame, type ByeFrame } from './bye.ts';
import { caughtUpFrame, type CaughtUpFrame } from './caught-up.ts';
import { droppedFrame, type DroppedFrame } from './dropped.ts';
import { echoFrame, type EchoFrame } from './echo.ts';
import { errorFrame, type ErrorFrame } from './error.ts';
import { gapFrame, type GapFrame } from './gap.ts';
import { serverGmcpFrame, type ServerGmcpFrame } from './gmcp.ts';
import { outputFrame, type OutputFrame } from './output.ts';
import { pongFrame, type PongFrame } from './ping.ts';
import { resumedFrame, type ResumedFrame } from './resumed.ts';
import { stateFrame, type StateFrame } from './state.ts';
import { tokenFrame, type TokenFrame } from './token.ts';
import { welcomeFrame, type WelcomeFrame } from './welcome.ts';

/** What a gateway says. */
export type ServerFrame =
  | WelcomeFrame
  | ResumedFrame
  | OutputFrame
  | EchoFrame
  | ServerGmcpFrame
  | DroppedFrame
  | GapFrame
  | CaughtUpFrame
  | AcceptedFrame
  | TokenFrame
  | StateFrame
  | PongFrame
  | ErrorFrame
  | ByeFrame;

// `challenge` and `proof` are reserved for proof of possession.
export const SERVER_FRAMES: FrameTable<ServerFrame> = {
  welcome: welcomeFrame,
  resumed: resumedFrame,
  output: outputFrame,
  echo: echoFrame,
  gmcp: serverGmcpFrame,
  dropped: droppedFrame,
  gap: gapFrame,
  caught_up: caughtUpFrame,
  accepted: acceptedFrame,
  token: tokenFrame,
  state: stateFrame,
  pong: pongFrame,
  error: errorFrame,
  bye: byeFrame,
};
