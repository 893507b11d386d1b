import { DROP_REASONS, type DropReason } from '../../core/command-log.ts';
import { object, oneOf, optional, positive, type Field } from '../validate.ts';
import { position, type Positioned } from './position.ts';

/** Commands that will not run (`uncertain`: will not run again). An entry of the output, never evicted before text. */
export interface DroppedFrame extends Positioned {
  readonly type: 'dropped';
  readonly seq: number;
  /** The last of several, all from `seq` on; absent: only that one. */
  readonly through?: number;
  readonly reason: DropReason;
}

export const droppedFrame: Field<DroppedFrame> = object<DroppedFrame>({
  type: oneOf('dropped'),
  ...position,
  seq: positive,
  through: optional(positive),
  reason: oneOf(...DROP_REASONS),
});
