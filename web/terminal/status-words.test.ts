import type { SessionStatus } from 'holdfast/client';
import { expect, it } from 'vitest';
import { statusWords, type StatusWords } from './status-words.ts';

const NOW = 1_000_000;

it.each<[SessionStatus, boolean, StatusWords]>([
  [{ kind: 'open' }, true, { tone: 'good', text: 'Connected' }],
  [
    { kind: 'waiting', retryAt: NOW + 2300, reason: 'disconnected' },
    true,
    { tone: 'bad', text: 'Reconnecting in 3 s', action: 'try_now' },
  ],
  [
    { kind: 'waiting', retryAt: NOW + 100, reason: 'disconnected' },
    true,
    { tone: 'busy', text: 'Reconnecting…', action: 'try_now' },
  ],
  [
    { kind: 'waiting', retryAt: NOW + 5000, reason: 'server_full' },
    true,
    { tone: 'bad', text: 'Server full, retrying in 5 s', action: 'try_now' },
  ],
  [
    { kind: 'waiting', retryAt: NOW + 5000, reason: 'disconnected' },
    false,
    { tone: 'bad', text: 'You are offline', action: 'try_now' },
  ],
  [{ kind: 'blocked' }, true, { tone: 'idle', text: 'You play in another tab', action: 'play_here' }],
  [
    { kind: 'closed', reason: 'taken_over', canResume: true },
    true,
    { tone: 'idle', text: 'You play on another device', action: 'play_here' },
  ],
  [
    { kind: 'closed', reason: 'quit', canResume: false },
    true,
    { tone: 'idle', text: 'You have logged out', action: 'begin_anew' },
  ],
  [
    { kind: 'closed', reason: 'something_new', canResume: false },
    true,
    { tone: 'idle', text: 'Your session is over', action: 'begin_anew' },
  ],
  [
    { kind: 'closed', reason: 'bad_frame', canResume: true },
    true,
    { tone: 'bad', text: 'Disconnected', action: 'try_now' },
  ],
])('%j (online: %j) is said as %j', (status, isOnline, words) => {
  expect(statusWords(status, NOW, isOnline)).toEqual(words);
});
