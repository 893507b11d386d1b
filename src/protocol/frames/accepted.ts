import { object, oneOf, positive, type Field } from '../validate.ts';

/** The commands through `seq` are durable. A refusal consumes its number too, and its `dropped` comes first. */
export interface AcceptedFrame {
  readonly type: 'accepted';
  readonly seq: number;
}

export const acceptedFrame: Field<AcceptedFrame> = object<AcceptedFrame>({
  type: oneOf('accepted'),
  seq: positive,
});
