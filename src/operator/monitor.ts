import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { Clock } from '../core/index.ts';
import type { Gateway } from '../gateway/index.ts';
import type { StoreHealth } from './api.ts';
import { Census, type Counts } from './census.ts';

/** How often all sessions are counted and the store is asked, in ms. */
const SAMPLE_MS = 10_000;

/** Counting takes no more than this part of the time: where it takes long, it is done less often. */
const SHARE = 0.05;

/** So few sessions are counted whenever somebody asks: nobody is told how things were before what they just did. */
const FEW_SESSIONS = 1000;

/** More of them are counted again when somebody asks and the last count is so old, in ms. */
const FRESH_MS = 1000;

/** Who asks waits no longer for a store that takes long, in ms. */
const PATIENCE_MS = 1000;

/** A look-up that takes longer is slow, in ms. */
const SLOW_MS = 500;

/** A store that does not answer in this time is failing, in ms. */
const TIMEOUT_MS = 5000;

/** Looks at the gateway from time to time: how its sessions stand, and how its store does. */
export class Monitor {
  readonly #gateway: Gateway;
  readonly #clock: Clock;
  readonly #sampled: (counts: Counts, now: number) => void;
  #latest: { readonly counts: Counts; readonly at: number } | undefined;
  #looking: Promise<void> | undefined;
  #tookMs = 0;
  #store: StoreHealth = { status: 'ok' };
  #busy = 0;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #cancel: (() => void) | undefined;
  #phase: 'new' | 'running' | 'stopped' = 'new';

  constructor(gateway: Gateway, clock: Clock, sampled: (counts: Counts, now: number) => void) {
    this.#gateway = gateway;
    this.#clock = clock;
    this.#sampled = sampled;
  }

  /** As of the last census. */
  get latest(): { readonly counts: Counts; readonly at: number } | undefined {
    return this.#latest;
  }

  get store(): StoreHealth {
    return this.#store;
  }

  /** The part of the time in which the process had work to do, from 0 to 1. */
  get busy(): number {
    return this.#busy;
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    this.#phase = 'running';
    await this.#look();
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#cancel?.();
  }

  /** Looks again, unless that is much work and was done a moment ago; waits for no store that takes long. */
  async refresh(): Promise<void> {
    if (this.#phase !== 'running' || this.#isFresh) return;
    const late = new Promise<void>((resolve) => {
      this.#clock.after(PATIENCE_MS, resolve);
    });
    await Promise.race([this.#lookAgain(), late]);
  }

  get #isFresh(): boolean {
    if (this.#latest === undefined || sessionsIn(this.#latest.counts) <= FEW_SESSIONS) return false;
    return this.#clock.now() - this.#latest.at < Math.max(FRESH_MS, this.#tookMs / SHARE);
  }

  /** A look that is under way may be past what has changed since it began. */
  async #lookAgain(): Promise<void> {
    await this.#looking;
    await this.#look();
  }

  /** One look at a time. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
      this.#cancel?.();
      if (this.#phase !== 'running') return;
      this.#cancel = this.#clock.after(Math.max(SAMPLE_MS, this.#tookMs / SHARE), () => void this.#look());
    });
    return this.#looking;
  }

  /** Never rejects. */
  async #lookNow(): Promise<void> {
    const startedAt = this.#clock.now();
    const cancelLate = this.#clock.after(TIMEOUT_MS, () => {
      this.#store = this.#failing(`it did not answer within ${TIMEOUT_MS} ms`);
    });
    try {
      const readMs = await this.#gateway.probeStore();
      const counts = await Census.of(this.#gateway.sessions.list());
      this.#latest = { counts, at: this.#clock.now() };
      this.#store = {
        status: readMs > SLOW_MS ? 'slow' : 'ok',
        checked_at: new Date(startedAt).toISOString(),
        read_ms: Math.round(readMs * 100) / 100,
      };
      this.#sampled(counts, this.#latest.at);
    } catch (error) {
      this.#store = this.#failing(error instanceof Error ? error.message : String(error));
    } finally {
      cancelLate();
    }
    this.#tookMs = this.#clock.now() - startedAt;
    const before = this.#utilization;
    this.#utilization = performance.eventLoopUtilization();
    this.#busy = performance.eventLoopUtilization(this.#utilization, before).utilization;
  }

  #failing(error: string): StoreHealth {
    return { status: 'failing', checked_at: new Date(this.#clock.now()).toISOString(), error };
  }
}

function sessionsIn({ connecting, authenticating, playing, disconnected }: Counts): number {
  return connecting + authenticating + playing + disconnected;
}
