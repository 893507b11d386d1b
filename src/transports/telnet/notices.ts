import { Phrasebook, type Translation } from '../../core/index.ts';
import type { ByeFrame, DroppedFrame, ErrorFrame, GapFrame, ResumedFrame } from '../../protocol/index.ts';
import { TELNET_PHRASES, type TelnetPhrase } from './phrases.ts';

/** Sentences for players, in the words of the operator or in ours. */
export class Notices {
  readonly #phrases: Phrasebook<TelnetPhrase>;

  constructor(translation?: Translation) {
    this.#phrases = new Phrasebook<TelnetPhrase>(TELNET_PHRASES, translation);
  }

  dropped({ seq, through = seq, reason }: DroppedFrame): string {
    return this.#phrases.say(`dropped_${reason}`, { count: through - seq + 1 });
  }

  gap({ reason }: GapFrame): string {
    return this.#phrases.say(`gap_${reason}`);
  }

  /** The summary at a return, first of all. `lines`: how many follow, where that is known. */
  welcomeBack({ away_ms, held }: ResumedFrame, lines: number | undefined): string {
    const phrases = this.#phrases;
    const duration = phrases.duration(away_ms);
    const away = away_ms > 0 ? phrases.say('away', { duration }) : phrases.say('took_over');
    return [`${away} ${this.#missed(lines)}`, ...this.#held(held)].join('\n');
  }

  /** `lines`: how many there were, where that was not said before. */
  caughtUp(lines: number | undefined): string {
    return lines === undefined
      ? this.#phrases.say('caught_up')
      : this.#phrases.say('caught_up_many', { count: lines });
  }

  get token(): string {
    return this.#phrases.say('token');
  }

  get linkToken(): string {
    return this.#phrases.say('link_token');
  }

  get tokenTooLate(): string {
    return this.#phrases.say('token_too_late');
  }

  overlong(limitBytes: number): string {
    return this.#phrases.say('overlong', { bytes: limitBytes });
  }

  get unread(): string {
    return this.#phrases.say('unread');
  }

  error({ code, retry_after_ms: retryAfterMs }: ErrorFrame): string {
    switch (code) {
      case 'token_refused':
      case 'resume_disabled':
      case 'token_reused':
      case 'login_timeout':
      case 'idle_timeout':
      case 'slow_reader':
        return this.#phrases.say(code);
      default:
        if (retryAfterMs === undefined) return this.#phrases.say('failed');
        return this.#phrases.say('try_again', { duration: this.#phrases.duration(retryAfterMs) });
    }
  }

  bye({ reason, resume }: ByeFrame): string {
    switch (reason) {
      case 'taken_over':
      case 'expired':
        return this.#phrases.say(reason);
      case 'quit':
      case 'world_closed':
        return this.#phrases.say('goodbye');
      case 'shutdown':
      case 'drain':
        return this.#phrases.say('restarts');
      default:
        return this.#phrases.say(resume ? 'come_back' : 'closed');
    }
  }

  #missed(lines: number | undefined): string {
    if (lines === undefined) return this.#phrases.say('missed_many');
    return lines === 0
      ? this.#phrases.say('missed_nothing')
      : this.#phrases.say('missed_lines', { count: lines });
  }

  #held(held: ResumedFrame['held']): string[] {
    if (held.length === 0) return [];
    const names = held.map(({ text, package: name }) => text ?? name ?? this.#phrases.say('held_private'));
    return [this.#phrases.say('held', { count: held.length, commands: names.join(', ') })];
  }
}
