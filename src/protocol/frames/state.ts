import type { SessionState, WorldState } from '../../core/session.ts';
import { object, oneOf, type Field, type Fields } from '../validate.ts';

/** How things are: the session's state and the world's. */
export interface Situation {
  readonly state: SessionState;
  readonly world: WorldState;
}

/** The session's state or the world's changed. */
export interface StateFrame extends Situation {
  readonly type: 'state';
}

export const situation: Fields<Situation> = {
  state: oneOf('connecting', 'authenticating', 'playing', 'disconnected', 'closed'),
  world: oneOf('up', 'login', 'down'),
};

export const stateFrame: Field<StateFrame> = object<StateFrame>({ type: oneOf('state'), ...situation });
