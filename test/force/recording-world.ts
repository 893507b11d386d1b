import type {
  NewOutput,
  World,
  WorldCommand,
  WorldCommit,
  WorldPlayer,
  WorldSession,
} from '../../src/core/index.ts';

/**
 * A world that writes down every command it carries out, and answers `word` with `You say, "word"`. `hold` takes until
 * its player is gone, so that what comes after it is held.
 */
export class RecordingWorld implements World {
  readonly name = 'recording';
  readonly delivery = 'commit';
  readonly #visitors = new Map<string, Visitor>();
  readonly #records = new Map<string, string[]>();

  open(session: WorldSession): WorldPlayer {
    const visitor = new Visitor(session, this.#recordOf(session.id));
    this.#visitors.set(session.id, visitor);
    session.playing();
    return visitor;
  }

  /** In order, each as often as it was carried out. */
  carriedOut(sessionId: string): readonly string[] {
    return this.#recordOf(sessionId);
  }

  /** Output that answers no command. */
  print(sessionId: string, ...output: readonly (string | NewOutput)[]): void {
    const entries = output.map((item): NewOutput =>
      typeof item === 'string' ? { kind: 'text', text: `${item}\n` } : item,
    );
    this.#visitors.get(sessionId)?.session.send(...entries);
  }

  #recordOf(sessionId: string): string[] {
    const record = this.#records.get(sessionId) ?? [];
    this.#records.set(sessionId, record);
    return record;
  }
}

class Visitor implements WorldPlayer {
  readonly session: WorldSession;
  readonly #record: string[];
  #release: () => void = () => undefined;

  constructor(session: WorldSession, record: string[]) {
    this.session = session;
    this.#record = record;
  }

  async command({ text = '' }: WorldCommand): Promise<WorldCommit> {
    this.#record.push(text);
    if (text === 'hold') {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    }
    return { output: [{ kind: 'text', text: `You say, "${text}"\n` }] };
  }

  detached(): void {
    this.#release();
  }

  closed(): void {
    this.#release();
  }
}
