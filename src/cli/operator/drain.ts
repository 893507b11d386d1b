import type { OperatorCommand } from './command.ts';

export const drain: OperatorCommand = {
  name: 'drain',
  summary: 'Send all players away, to come back later or elsewhere, and take nobody in.',
  usage: ['drain [--undo] [--json]'],
  flags: { undo: { doc: 'Take players in again.' } },
  run: async ({ flags }, api) => {
    if (flags['undo'] !== undefined) {
      const answer = await api.post<{ readonly phase: string }>('/v1/accept');
      return { text: 'Players are taken in again.', json: answer };
    }
    const answer = await api.post<{ readonly sent_away: number }>('/v1/drain');
    const { sent_away: count } = answer;
    const players = count === 1 ? '1 connection was' : `${count} connections were`;
    return {
      text: `${players} sent away, and nobody is taken in. All sessions are kept.\nTo take players in again: holdfast drain --undo`,
      json: answer,
    };
  },
};
