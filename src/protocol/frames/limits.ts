import { object, positive, type Field } from '../validate.ts';

/** What the gateway allows on this connection. */
export interface Limits {
  /** UTF-8 bytes of one frame from the client; a larger one closes the connection with 1009. */
  readonly frame_bytes: number;
  /** UTF-8 bytes of one command's `text`. */
  readonly command_bytes: number;
  /** Commands that may wait for the world; one more is refused. */
  readonly queue_commands: number;
  /** UTF-8 bytes of `text` and serialized `data` that may be unacknowledged. A larger entry goes alone. */
  readonly window_bytes: number;
  /** Frames with an offset that may be unacknowledged. */
  readonly window_entries: number;
  /** A client that sent nothing for this long sends a `ping`, or the gateway takes it for gone. */
  readonly ping_ms: number;
}

export const limits: Field<Limits> = object<Limits>({
  frame_bytes: positive,
  command_bytes: positive,
  queue_commands: positive,
  window_bytes: positive,
  window_entries: positive,
  ping_ms: positive,
});
