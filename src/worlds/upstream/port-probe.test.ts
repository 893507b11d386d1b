import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { GameSocket } from './game-socket.ts';
import { PortProbe } from './port-probe.ts';

/** A port that accepts or refuses when the test says so. */
class Port {
  readonly tries: {
    accept: () => void;
    refuse: () => void;
    speak: () => void;
    isDestroyed: boolean;
  }[] = [];

  connect = (_address: unknown, connected: () => void): GameSocket => {
    const listeners = new Map<string, (...values: never[]) => void>();
    const attempt = {
      accept: connected,
      refuse: () => listeners.get('close')?.(),
      speak: () => listeners.get('data')?.(),
      isDestroyed: false,
    };
    this.tries.push(attempt);
    return {
      writable: true,
      writableLength: 0,
      on: (event: string, listener: (...values: never[]) => void) => listeners.set(event, listener),
      write: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      end: () => undefined,
      destroy: () => {
        attempt.isDestroyed = true;
      },
    };
  };
}

function setUp(): { port: Port; clock: ManualClock; probe: PortProbe } {
  const port = new Port();
  const clock = new ManualClock();
  const probe = new PortProbe({
    address: { host: 'game', port: 1 },
    connect: port.connect,
    clock,
    proxyProtocol: 'off',
  });
  return { port, clock, probe };
}

describe('PortProbe', () => {
  it('tries once for all who ask at a time', async () => {
    const { port, probe } = setUp();
    const answers = [probe.ask(), probe.ask(), probe.ask()];
    await setImmediate();
    expect(port.tries).toHaveLength(1);
    port.tries[0]?.accept();
    port.tries[0]?.speak();
    expect(await Promise.all(answers)).toEqual([true, true, true]);
  });

  it('believes a port that says nothing when the connection stays', async () => {
    const { port, clock, probe } = setUp();
    let answer: boolean | undefined;
    void probe.ask().then((accepted) => (answer = accepted));
    await setImmediate();
    port.tries[0]?.accept();
    clock.advance(249);
    await setImmediate();
    expect(answer).toBeUndefined();
    clock.advance(1);
    await setImmediate();
    expect(answer).toBe(true);
  });

  it('is not deceived by a port that accepts while its process dies', async () => {
    const { port, probe } = setUp();
    const answer = probe.ask();
    await setImmediate();
    port.tries[0]?.accept();
    port.tries[0]?.refuse();
    expect(await answer).toBe(false);
  });

  it('answers nobody with a try from before the question', async () => {
    const { port, clock, probe } = setUp();
    const early = probe.ask();
    await setImmediate();
    const late = [probe.ask(), probe.ask()];
    port.tries[0]?.accept();
    port.tries[0]?.speak();
    expect(await early).toBe(true);
    clock.advance(999);
    await setImmediate();
    expect(port.tries).toHaveLength(1);
    clock.advance(1);
    await setImmediate();
    expect(port.tries).toHaveLength(2);
    port.tries[1]?.refuse();
    expect(await Promise.all(late)).toEqual([false, false]);
  });

  it('takes a port that does not answer for 10 s for closed', async () => {
    const { port, clock, probe } = setUp();
    const answer = probe.ask();
    await setImmediate();
    clock.advance(10_000);
    expect(await answer).toBe(false);
    expect(port.tries[0]?.isDestroyed).toBe(true);
  });

  it('ends what is running when it is closed', async () => {
    const { port, clock, probe } = setUp();
    void probe.ask();
    await setImmediate();
    void probe.ask();
    probe.close();
    clock.advance(60_000);
    await setImmediate();
    expect(port.tries.map(({ isDestroyed }) => isDestroyed)).toEqual([true]);
  });
});
