import { either, listOf, object, oneOf, positive, type Field } from '../validate.ts';

/** The player's choice after `resume.commands: "ask"`. */
export interface ReplayFrame {
  readonly type: 'replay';
  /** The held commands that shall run, by `seq`; what it does not name is skipped. */
  readonly run: 'all' | 'none' | readonly number[];
}

export const replayFrame: Field<ReplayFrame> = object<ReplayFrame>({
  type: oneOf('replay'),
  run: either(oneOf('all', 'none'), listOf(positive, 'queue_commands')),
});
