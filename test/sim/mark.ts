/** A text of the simulated game begins with which process wrote it, its number there, and for which session. */
const MARK = /^#(\d+)\.(\d+)@(\w+) /;

/** What the game sends for the moment only. It has no number: it may be missing without a word. */
export const SOUND = 'Client.Media.Play';

export function markOf(process: number, number: number, sessionId: string): string {
  return `#${process}.${number}@${sessionId.slice(0, 8)}`;
}

/** Read back; `undefined` where it was written for another session: by the front door its unread text comes along. */
export function numberOf(text: string, sessionId: string): { process: number; number: number } | undefined {
  const [, process, number, session] = MARK.exec(text) ?? [];
  if (session === undefined || !sessionId.startsWith(session)) return undefined;
  return { process: Number(process), number: Number(number) };
}
