import type { Session } from '../../src/core/index.ts';
import { countOf, type SessionRecord } from './evidence.ts';
import type { SimulatedPlayer, Typed } from './player.ts';
import type { Story } from './story.ts';

type ReadSession = (sessionId: string) => Session | undefined;

/** After all is calm: what the players were told of their commands is what became of them, and nothing vanished. */
export function checkFates(
  story: Story,
  players: readonly SimulatedPlayer[],
  records: Iterable<SessionRecord>,
  delivery: 'commit' | 'mark',
  read: ReadSession,
): void {
  for (const record of records) {
    const session = read(record.id);
    if (session === undefined || record.ended !== undefined) continue;
    // A game whose data is ours has forgotten what was not durable.
    if (delivery === 'commit') record.ran.length = Math.min(record.ran.length, countOf(session));
    checkNumbers(story, record, session);
  }
  for (const player of players) {
    for (const typed of player.typed) checkFate(story, typed, read);
  }
}

/** Each number that was accepted was carried out, or dropped, once. */
function checkNumbers(story: Story, record: SessionRecord, session: Session): void {
  const ran = new Set(record.ran.map(({ seq }) => seq));
  for (let seq = 1; seq <= session.commands.sent; seq += 1) {
    const dropped = record.dropReason(seq);
    const isKnown = ran.has(seq) || dropped !== undefined || record.passing.has(seq);
    story.expect(isKnown, 'commands', () => `command ${seq} vanished`);
    const isBoth = ran.has(seq) && dropped !== undefined && dropped !== 'uncertain';
    story.expect(!isBoth, 'commands', () => `command ${seq} ran, and was dropped as ${dropped}`);
  }
}

function checkFate(story: Story, { text, fate, sent, isForgotten }: Typed, read: ReadSession): void {
  if (fate === undefined) {
    return story.expect(isForgotten, 'client', () => `nothing became of "${text}"`);
  }
  // A token in two hands is one chain: its clients cannot tell their commands apart.
  if (sent === undefined || sent.record.ended !== undefined || sent.record.isShared) return;
  const id = text.split(' ', 2)[1];
  const { record, seq } = sent;
  const ran = record.ran.some((done) => done.id === id);
  const dropped = record.dropReason(seq);
  switch (fate.kind) {
    case 'accepted': {
      const session = read(record.id);
      // Held for a player who never came back to this session.
      if (session === undefined || seq > session.commands.sent) return;
      const isKnown = ran || dropped !== undefined || record.passing.has(seq);
      return story.expect(isKnown, 'commands', () => `"${text}" was accepted and vanished`);
    }
    case 'dropped': {
      const isRight = !ran || fate.reason === 'uncertain';
      return story.expect(isRight, 'commands', () => `"${text}" was carried out, and is said to be dropped`);
    }
    case 'lost':
    case 'queue_full':
    case 'invalid':
      return story.expect(
        !ran,
        'commands',
        () => `"${text}" was carried out, and is said to be ${fate.kind}`,
      );
    case 'unknown':
  }
}
