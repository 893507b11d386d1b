import type { NewOutput } from '../../../core/index.ts';
import type { Player } from '../player.ts';
import { counted } from '../text.ts';
import { countFrom, type Command } from './command.ts';

const LONGEST_WAIT_SECONDS = 30;
const LONGEST_COUNTDOWN = 60;
const LARGEST_BURST = 500;
const LONGEST_COUNT = 500;

/** What shows how a session outlives its connection: work for the queue, lines to miss, input that is hidden. */
export const trying: readonly Command[] = [
  {
    names: ['wait'],
    takes: '<seconds>',
    help: 'Do nothing, up to 30 s; what you type meanwhile is queued.',
    run: async (player, rest) => {
      const seconds = countFrom(rest, LONGEST_WAIT_SECONDS);
      if (typeof seconds === 'string') return seconds;
      player.hear(`You wait ${counted(seconds, 'second')}.`);
      await player.timers.pause(seconds * 1000);
      return 'You have waited.';
    },
  },
  {
    names: ['countdown'],
    takes: '<seconds>',
    help: 'Count down to nothing; what you type meanwhile is queued.',
    run: async (player, rest) => {
      const seconds = countFrom(rest, LONGEST_COUNTDOWN);
      if (typeof seconds === 'string') return seconds;
      for (let left = seconds; left > 0; left--) {
        player.hear(`${left} ...`);
        await player.timers.pause(1000);
      }
      return 'Nothing happens, exactly on time.';
    },
  },
  {
    names: ['count'],
    takes: '<lines>',
    help: 'A numbered line each second, while you do other things.',
    run: (player, rest) => {
      const lines = countFrom(rest, LONGEST_COUNT);
      if (typeof lines === 'string') return lines;
      startCounting(player, lines);
      return `You begin to count ${counted(lines, 'wave')}.`;
    },
  },
  {
    names: ['burst'],
    takes: '<lines>',
    help: 'Many numbered lines at once, up to 500.',
    run: (_player, rest) => {
      const lines = countFrom(rest, LARGEST_BURST);
      if (typeof lines === 'string') return lines;
      return Array.from({ length: lines }, (_, index): NewOutput => ({
        kind: 'text',
        text: `${index + 1} of ${lines}`,
      }));
    },
  },
  {
    names: ['password'],
    help: 'Say a secret word that is not shown as you type it.',
    run: (player) => {
      player.question = { prompt: 'Your secret word: ', answer: (word) => answerSecret(player, word) };
      return [
        {
          kind: 'text',
          text: 'The keeper cups an ear. What you type now is not shown, and nothing keeps it.',
        },
        { kind: 'echo', on: false },
      ];
    },
  },
];

function startCounting(player: Player, lines: number): void {
  const next = (line: number): void => {
    player.stopCounting = player.timers.after(1000, () => {
      player.hear(`Wave ${line} of ${lines}.`);
      if (line < lines) next(line + 1);
    });
  };
  player.stopCounting();
  next(1);
}

function answerSecret(player: Player, word: string): NewOutput[] {
  player.question = undefined;
  const text = word === '' ? 'You say nothing.' : 'The keeper nods, and has forgotten it already.';
  // The line end that the player typed was hidden with the word.
  return [
    { kind: 'echo', on: true },
    { kind: 'text', text: `\n${text}` },
  ];
}
