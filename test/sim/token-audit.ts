import { tokenId } from '../../src/core/index.ts';
import type { GatewayEvent } from '../../src/gateway/event.ts';
import type { Evidence } from './evidence.ts';
import type { Expected, ModelChain, TokenModel } from './token-model.ts';

/** Looks at every token that is refused: was that right, and does the audit trail say why? */
export class TokenAudit {
  readonly #evidence: Evidence;
  readonly #tokens: TokenModel;
  #lastRefusal: Extract<GatewayEvent, { kind: 'refused' }> | undefined;

  constructor(evidence: Evidence, tokens: TokenModel) {
    this.#evidence = evidence;
    this.#tokens = tokens;
  }

  event(event: GatewayEvent): void {
    const { story, isFailing } = this.#evidence;
    story.tell(() => `  event ${JSON.stringify(event)}`);
    if (event.kind === 'refused') this.#lastRefusal = event;
    if (event.kind !== 'failed' || isFailing) return;
    const message = event.error instanceof Error ? event.error.message : '';
    // A stop leaves what was asked in its last moment without an answer.
    const isPlanned = /^(planned|the store is closed)/.test(message);
    story.expect(isPlanned, 'no bug', () => `${event.where}: ${String(event.error)}`);
  }

  /** Showing this token was answered with an error. */
  answered({ id, at }: { readonly id: string; readonly at: number }, code: string): void {
    const chain = this.#tokens.chainOf(id);
    if (chain === undefined) return;
    const { story, now, boot, hasJumps, settings } = this.#evidence;
    // It was judged at some time between: a slow disk keeps the answer back.
    const atFirst = this.#tokens.expected(id, at, boot);
    const expected = this.#tokens.expected(id, now, boot);
    if (code === 'token_refused') this.#refused(id, chain, expected);
    if (code !== 'too_soon') return;
    // Attempts that race are told to come again too, and clocks that were set back make all of them late.
    const isLate = [atFirst, expected].some((either) => either === 'late' || either === 'unclear');
    story.expect(
      isLate || hasJumps || settings.isRemote,
      'tokens',
      () => `${id} was told to come later, and is ${expected}`,
    );
  }

  #refused(shown: string, chain: ModelChain, expected: Expected): void {
    const { story, hasJumps } = this.#evidence;
    const { sessionId } = chain;
    const reason = this.#lastRefusal?.reason;
    const isStolen = this.#isStolen(sessionId, shown);
    if (chain.isCopied && reason === 'revoked' && isStolen) chain.isRevoked = true;
    if (this.#isRightlyOver(chain)) return;
    story.expect(
      expected !== 'good',
      'no lost key',
      () => `the owner showed ${shown}, which is good, and was refused`,
    );
    story.expect(
      expected !== 'late' || hasJumps,
      'no lost key',
      () => `the owner showed ${shown} a moment late, and was refused`,
    );
    if (reason === 'reused') chain.isRevoked = true;
    if (expected !== 'reused') return;
    chain.isRevoked = true;
    const isTold = reason === 'reused' && this.#lastRefusal?.sessionId === sessionId;
    // The process that saw it first may have died before it could say so.
    story.expect(
      isTold || isStolen,
      'theft',
      () => `${shown} was shown again, and the audit trail says ${reason}`,
    );
  }

  /** Whatever its place in the chain: the token has ended for a reason that the simulation knows. */
  #isRightlyOver({ sessionId, isRevoked }: ModelChain): boolean {
    const { settings, hasJumps, process } = this.#evidence;
    const reason = this.#lastRefusal?.reason;
    const record = this.#evidence.recordOf(sessionId);
    const session = this.#evidence.onDisk(sessionId);
    if (session === undefined || record.ended !== undefined || isRevoked) return true;
    if ((session.clock.endsAt ?? Infinity) <= (process?.clock.now() ?? 0)) return true;
    // Tokens for other devices displace older ones, of which in turn only so many are remembered; and a clock that
    // was set forward ends those never used.
    const { chains } = settings.limits;
    const isSurplus = reason === 'revoked' && record.links >= chains;
    const isForgotten = reason === 'unknown' && record.links > chains;
    return isSurplus || isForgotten || (reason === 'expired' && hasJumps);
  }

  /** The disk says that theft was seen in the chain of this token. */
  #isStolen(sessionId: string, token: string): boolean {
    const chains = this.#evidence.onDisk(sessionId)?.chains ?? [];
    return chains.some(({ hashes, revoked }) => {
      return revoked === 'reused' && hashes.some((hash) => tokenId(hash) === token);
    });
  }
}
