import type { NewOutput } from '../../../core/index.ts';
import { channelText } from '../gmcp.ts';
import { tell, type Harbour } from '../harbour.ts';
import type { Player } from '../player.ts';
import { duration, paint, timeOfDay } from '../text.ts';
import type { Command } from './command.ts';

export const talking: readonly Command[] = [
  {
    names: ['say', "'", '"'],
    takes: '<text>',
    help: 'Speak to all who are in the room.',
    run: (player, text, harbour) => {
      if (text === '') return 'Say what?';
      const { name } = player;
      return speak('say', name, harbour.around(player), `${name} says, "${text}"`, `You say, "${text}"`);
    },
  },
  {
    names: ['shout', 'yell'],
    takes: '<text>',
    help: 'Speak to the whole harbour.',
    run: (player, text, harbour) => {
      if (text === '') return 'Shout what?';
      const { name } = player;
      return speak(
        'shout',
        name,
        harbour.others(player),
        `${name} shouts, "${text}"`,
        `You shout, "${text}"`,
      );
    },
  },
  {
    names: ['tell', 'whisper'],
    takes: '<name> <text>',
    help: 'Speak to one player, wherever they are.',
    run: ({ name }, rest, harbour) => {
      const [to, text] = splitFirst(rest);
      if (text === '') return 'Tell whom what?';
      const other = harbour.find(to);
      if (other === undefined) return 'There is nobody of that name. Try: who';
      if (other.name === name) return 'You tell yourself, and are not surprised.';
      const told = speak(
        'tell',
        name,
        [other],
        `${name} tells you, "${text}"`,
        `You tell ${other.name}, "${text}"`,
      );
      if (other.linkDeadSince === undefined) return told;
      return [...told, { kind: 'text', text: `${other.name} is link-dead, and will read it on return.` }];
    },
  },
  {
    names: ['emote', 'me', ':'],
    takes: '<text>',
    help: 'Do something that others see: emote waves.',
    run: (player, text, harbour) => {
      if (text === '') return 'Do what?';
      const seen = `${player.name} ${text}`;
      return speak('emote', player.name, harbour.around(player), seen, seen);
    },
  },
  {
    names: ['who'],
    help: 'See who is in the harbour, and who is link-dead.',
    run: (_player, _rest, harbour) => harbour.players.map((other) => whereabouts(other, harbour)).join('\n'),
  },
];

/** Tells it to the listeners; returns what the speaker sees. */
function speak(
  channel: string,
  talker: string,
  listeners: readonly Player[],
  heard: string,
  own: string,
): NewOutput[] {
  tell(listeners, paint('voice', heard), channelText(channel, talker, heard));
  return [channelText(channel, talker, own), { kind: 'text', text: paint('voice', own) }];
}

function splitFirst(text: string): [first: string, rest: string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

function whereabouts(player: Player, harbour: Harbour): string {
  const { linkDeadSince } = player;
  const place = `${player.name}: ${harbour.roomOf(player).name}`;
  if (linkDeadSince === undefined) return place;
  const away = duration(harbour.clock.now() - linkDeadSince);
  return `${place}, link-dead for ${away}, since ${timeOfDay(linkDeadSince)}`;
}
