import type { Frame, Framing, FramingSink } from './framing.ts';

/** `telnet.mudstandards.org`: the whole Telnet stream in binary frames, options and all. */
export class TelnetFraming implements Framing {
  toClient(bytes: Uint8Array, sink: FramingSink): void {
    sink.frame(bytes);
  }

  toPlayer(frame: Frame): Uint8Array {
    return Buffer.from(frame);
  }
}
