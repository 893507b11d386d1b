import { GAP_REASONS, type GapReason } from '../../core/output-log.ts';
import { object, oneOf, optional, positive, wholeNumber, type Field } from '../validate.ts';
import { position, type Positioned } from './position.ts';

/**
 * Entries that are gone, in their place; one for each contiguous range. It moves the client's position to `to`, else
 * to `from`. `delivered` is no loss: another client of this session has them.
 */
export interface GapFrame extends Pick<Positioned, 'epoch'> {
  readonly type: 'gap';
  /** The first offset that is gone. Of a numbered gap (`crash`, `oversize`) it is the gap's own. */
  readonly from: number;
  /** The last one; absent: the gap is the one entry `from`. */
  readonly to?: number;
  /** How much it was, where that is known. */
  readonly bytes?: number;
  readonly reason: GapReason;
}

export const gapFrame: Field<GapFrame> = object<GapFrame>({
  type: oneOf('gap'),
  epoch: position.epoch,
  from: positive,
  to: optional(positive),
  bytes: optional(wholeNumber),
  reason: oneOf(...GAP_REASONS),
});
