/**
 * What players read of us by Telnet: plain, short, one sentence to a line, fit to be read aloud. Their names are what
 * the operator's texts file has; `docs/telnet.md` says when each comes.
 */
export const TELNET_PHRASES = {
  away: 'Welcome back. You were away for {duration}.',
  took_over: 'Welcome back. You took over from another connection.',
  missed_nothing: 'You missed nothing.',
  missed_lines: {
    one: '1 line follows; you may have seen it.',
    other: '{count} lines follow; you may have seen the first of them.',
  },
  missed_many: 'What you missed follows; you may have seen the first of it.',
  caught_up: 'That was all. From here on it is live.',
  caught_up_many: {
    one: 'That was all: 1 line. From here on it is live.',
    other: 'That was all: {count} lines. From here on it is live.',
  },
  held: {
    one: '1 command was held and runs now: {commands}',
    other: '{count} commands were held and run now: {commands}',
  },
  held_private: 'a private one',

  dropped_skipped: {
    one: 'A command was skipped.',
    other: '{count} commands were skipped.',
  },
  dropped_expired: {
    one: 'A command waited too long and was not carried out.',
    other: '{count} commands waited too long and were not carried out.',
  },
  dropped_refused: {
    one: 'A command was refused, because too many are waiting.',
    other: '{count} commands were refused, because too many are waiting.',
  },
  dropped_failed: {
    one: 'A command failed.',
    other: '{count} commands failed.',
  },
  dropped_private: {
    one: 'A command was private and was not kept while you were away.',
    other: '{count} commands were private and were not kept while you were away.',
  },
  dropped_uncertain: {
    one: 'A command may or may not have been carried out; it will not be repeated.',
    other: '{count} commands may or may not have been carried out; they will not be repeated.',
  },
  dropped_vetoed: {
    one: 'A command no longer made sense and was not carried out.',
    other: '{count} commands no longer made sense and were not carried out.',
  },
  dropped_world_lost: {
    one: 'A command was lost with the game that restarted.',
    other: '{count} commands were lost with the game that restarted.',
  },

  gap_bound: 'Some output is missing here: there was more than is kept.',
  gap_oversize: 'One piece of output is missing here: it was too large.',
  gap_epoch: 'Some output is missing here.',
  gap_crash: 'Some output may be missing here: the gateway was interrupted.',
  gap_delivered: 'What another of your clients has shown is not repeated here.',

  token: 'To come back to this session later, send this line first when you connect:',
  link_token: 'To continue on another device, send this line first when it connects:',
  token_too_late: 'You are playing already. That line was kept from the game, since it is a secret.',
  overlong: 'That line was longer than {bytes} bytes and was not sent.',
  unread: 'Your client sent a GMCP or MSDP message that is too large or cannot be read. It was left out.',

  token_refused: 'That reconnection token is not valid any more.',
  resume_disabled: 'This game keeps no sessions to come back to.',
  token_reused:
    'Your reconnection token was used twice. Somebody may have a copy, so it is not valid any more.',
  login_timeout: 'The login took too long. Connect again to start anew.',
  idle_timeout: 'Your client gave no sign of life for a minute. Connect again to continue.',
  slow_reader: 'Nothing reached you for a minute. Connect again to continue.',
  try_again: 'This cannot be done now. Try again in {duration}; your token stays good.',
  failed: 'Something went wrong at this end. Connect again to continue.',

  taken_over: 'Another client has taken over this session.',
  goodbye: 'Goodbye.',
  expired: 'This session has ended: its time ran out.',
  restarts: 'Holdfast restarts. Your session is kept: connect again to continue.',
  come_back: 'Connect again to continue.',
  closed: 'This session was closed.',
} as const;

export type TelnetPhrase = keyof typeof TELNET_PHRASES;
