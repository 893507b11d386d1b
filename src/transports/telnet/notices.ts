import type { DropReason, GapReason } from '../../core/index.ts';
import type { ByeFrame, DroppedFrame, ErrorFrame, GapFrame, ResumedFrame } from '../../protocol/index.ts';

const FATES: Record<DropReason, string> = {
  skipped: 'was skipped',
  expired: 'waited too long and was not carried out',
  refused: 'was refused, because too many are waiting',
  failed: 'failed',
  private: 'was private and was not kept while you were away',
  uncertain: 'may or may not have been carried out; it will not be repeated',
  vetoed: 'no longer made sense and was not carried out',
  world_lost: 'was lost with the game that restarted',
};

const GAPS: Record<GapReason, string> = {
  bound: 'Some output is missing here: there was more than is kept.',
  oversize: 'One piece of output is missing here: it was too large.',
  epoch: 'Some output is missing here.',
  crash: 'Some output may be missing here: the gateway was interrupted.',
  delivered: 'What another of your clients has shown is not repeated here.',
};

/** Sentences for players: plain, short, one to a line, fit to be read aloud. */
export const notices = {
  dropped({ seq, through = seq, reason }: DroppedFrame): string {
    const commands = through - seq + 1;
    return commands === 1 ? `A command ${FATES[reason]}.` : `${commands} commands: each ${FATES[reason]}.`;
  },

  gap({ reason }: GapFrame): string {
    return GAPS[reason];
  },

  welcomeBack({ away_ms, output, held }: ResumedFrame): string {
    const away =
      away_ms > 0 ? `You were away for ${duration(away_ms)}.` : 'You took over from another connection.';
    const missed =
      output.to < output.from
        ? 'You missed nothing.'
        : 'What you missed follows; you may have seen the first of it.';
    return [`Welcome back. ${away}`, missed, ...heldSentence(held)].join('\n');
  },

  caughtUp: 'That was all. From here on it is live.',

  token: 'To come back to this session later, send this line first when you connect:',

  linkToken: 'To continue on another device, send this line first when it connects:',

  tokenTooLate: 'You are playing already. That line was kept from the game, since it is a secret.',

  overlong(limitBytes: number): string {
    return `That line was longer than ${limitBytes} bytes and was not sent.`;
  },

  error({ code, retry_after_ms: retryAfterMs }: ErrorFrame): string {
    switch (code) {
      case 'token_refused':
        return 'That reconnection token is not valid any more.';
      case 'resume_disabled':
        return 'This game keeps no sessions to come back to.';
      case 'token_reused':
        return 'Your reconnection token was used twice. Somebody may have a copy, so it is not valid any more.';
      case 'login_timeout':
        return 'The login took too long. Connect again to start anew.';
      case 'slow_reader':
        return 'Nothing reached you for a minute. Connect again to continue.';
      default:
        return retryAfterMs === undefined
          ? 'Something went wrong at this end. Connect again to continue.'
          : `This cannot be done now. Try again in ${duration(retryAfterMs)}; your token stays good.`;
    }
  },

  bye({ reason, resume }: ByeFrame): string {
    switch (reason) {
      case 'taken_over':
        return 'Another client has taken over this session.';
      case 'quit':
      case 'world_closed':
        return 'Goodbye.';
      case 'expired':
        return 'This session has ended: its time ran out.';
      case 'shutdown':
      case 'drain':
        return 'Holdfast restarts. Your session is kept: connect again to continue.';
      default:
        return resume ? 'Connect again to continue.' : 'This session was closed.';
    }
  },
} as const;

function heldSentence(held: ResumedFrame['held']): string[] {
  if (held.length === 0) return [];
  const names = held.map(({ text, package: name }) => text ?? name ?? 'a private one').join(', ');
  return [
    held.length === 1
      ? `1 command was held and runs now: ${names}`
      : `${held.length} commands were held and run now: ${names}`,
  ];
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return counted(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? counted(minutes, 'minute') : counted(Math.round(minutes / 60), 'hour');
}

function counted(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
