import type { Operation, Session } from '../../src/core/index.ts';
import { tokenId } from '../../src/core/index.ts';
import type { GatewayProcess } from './gateway-process.ts';

/** Requests of an older connection, and of a process that lost its lease, which were long under way: none may change anything. */
export function arriveLate(process: GatewayProcess, sessionId: string | undefined): void {
  const session = sessionId === undefined ? undefined : process.peek(sessionId);
  if (session === undefined) return;
  for (const operation of lateRequests(session)) {
    // The ledger looks at each of them.
    Promise.resolve(process.table.apply(session.id, operation)).catch(() => undefined);
  }
}

function lateRequests({ presence, commands, output, chains, lease }: Session): Operation[] {
  const attachment = presence.attachment - 1;
  const newest = chains.at(-1)?.hashes.at(-1) ?? '';
  const older = chains.at(-1)?.hashes.at(-2);
  return [
    { kind: 'append', attachment, from: commands.accepted + 1, commands: [{ kind: 'text', text: 'late' }] },
    { kind: 'acknowledge', attachment, offset: output.end },
    { kind: 'decide', attachment, choice: 'none' },
    { kind: 'confirm', attachment, tokenId: tokenId(newest) },
    ...(older === undefined
      ? []
      : [{ kind: 'confirm', attachment: presence.attachment, tokenId: tokenId(older) } as const]),
    { kind: 'detach', attachment },
    ...(lease === 0
      ? []
      : [
          {
            kind: 'commit',
            lease: lease - 1,
            epoch: 'late',
            output: [{ kind: 'text', text: 'late' }],
            taken: commands.accepted,
          } as const,
        ]),
  ];
}
