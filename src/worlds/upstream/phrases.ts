/** What players read of a game that is elsewhere, as part of its output. Their names are what the operator's texts file has. */
export const UPSTREAM_PHRASES = {
  unreachable: 'The game cannot be reached. Holdfast keeps trying.',
  login_again: 'The game has forgotten where you were and shows its login again.',
} as const;

export type UpstreamPhrase = keyof typeof UPSTREAM_PHRASES;
