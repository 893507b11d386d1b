import { tell } from '../harbour.ts';
import { counted, shipsBells, timeOfDay } from '../text.ts';
import type { Command } from './command.ts';

export const general: readonly Command[] = [
  {
    names: ['time'],
    help: 'The hour, the tide and the weather.',
    run: (_player, _rest, { clock, tide, weather }) => {
      const now = clock.now();
      return `It is ${timeOfDay(now)}, ${shipsBells(now)}. The tide is ${tide}, the weather ${weather}.`;
    },
  },
  {
    names: ['quit'],
    help: 'Leave for good. (To come back, just lose the connection.)',
    run: (player, _rest, harbour) => {
      tell(harbour.around(player), `${player.name} puts out to sea.`);
      harbour.leave(player);
      player.session.end('quit');
      const { fished, dug } = player.character;
      return `You put out to sea, having fished ${counted(fished, 'time')} and dug ${counted(dug, 'time')}. Fair winds!`;
    },
  },
];
