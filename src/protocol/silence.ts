import type { OutputFrame } from './frames/index.ts';

/**
 * Stands in a replay for a message of the game that was for the moment (a sound, an offer to log in), which is over: it shows
 * nothing, and an open prompt stays open.
 */
export function silence(offset: number): OutputFrame {
  return { type: 'output', offset, text: '' };
}

export function isSilence({ text, prompt }: OutputFrame): boolean {
  return text === '' && prompt === undefined;
}
