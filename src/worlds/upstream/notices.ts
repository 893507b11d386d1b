/** Sentences for players: plain, fit to be read aloud. */
export const notices = {
  unreachable: 'The game cannot be reached. Holdfast keeps trying.',
  loginAgain: 'The game has forgotten where you were and shows its login again.',
} as const;
