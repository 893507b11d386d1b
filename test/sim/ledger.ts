import { Evidence } from './evidence.ts';
import { GameAudit } from './game-audit.ts';
import { LinkAudit } from './link-audit.ts';
import type { Schedule } from './schedule.ts';
import { StoreAudit } from './store-audit.ts';
import type { Story } from './story.ts';
import type { Timeline } from './timeline.ts';
import { TokenAudit } from './token-audit.ts';
import { TokenModel } from './token-model.ts';

/** Compares all that happens with what was promised: every frame, every operation, every write, every command. */
export class Ledger {
  readonly evidence: Evidence;
  readonly tokens: TokenModel;
  readonly tokenAudit: TokenAudit;
  readonly links: LinkAudit;
  readonly store: StoreAudit;
  readonly game: GameAudit;

  constructor(story: Story, timeline: Timeline, schedule: Schedule) {
    const { lateAttemptMs, spentTokens } = schedule.settings.limits;
    this.evidence = new Evidence(story, timeline, schedule);
    this.tokens = new TokenModel(story, lateAttemptMs, spentTokens);
    this.tokenAudit = new TokenAudit(this.evidence, this.tokens);
    this.links = new LinkAudit(this.evidence, this.tokens, this.tokenAudit);
    this.store = new StoreAudit(this.evidence, this.tokens);
    this.game = new GameAudit(this.evidence);
  }
}
