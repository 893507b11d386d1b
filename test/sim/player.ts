import {
  ClientEnd,
  type ClientEffect,
  type ClientEvent,
  type Fate,
  type Input,
  type Kept,
} from '../../src/client/index.ts';
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type ServerFrame,
} from '../../src/protocol/index.ts';
import type { Evidence, SessionRecord } from './evidence.ts';
import type { ClientSide, Connection } from './network.ts';
import type { Random } from './random.ts';
import { Reader } from './reader.ts';
import type { PlayerSettings, Verb } from './schedule.ts';
import type { Story } from './story.ts';
import type { Timeline } from './timeline.ts';

/** What all players of a simulation share. */
export interface PlayerSurroundings {
  readonly story: Story;
  readonly timeline: Timeline;
  readonly evidence: Evidence;
  /** For the clients' backoff, and for the players' whims. */
  readonly random: Random;
  dial(player: SimulatedPlayer): Connection;
}

/** One thing that a player typed, and what became of it. */
export interface Typed {
  readonly text: string;
  /** The page was loaded anew before it was settled: nobody waits for it. */
  isForgotten: boolean;
  fate: Fate | undefined;
  /** Where it went out last. */
  sent: { readonly record: SessionRecord; readonly seq: number } | undefined;
}

/** A player with the real client: `ClientEnd`, and a driver for it on simulated time. */
export class SimulatedPlayer implements ClientSide {
  readonly name: string;
  readonly settings: PlayerSettings;
  readonly typed: Typed[] = [];
  readonly #surroundings: PlayerSurroundings;
  readonly #reader: Reader;
  #kept: Kept;
  #end: ClientEnd | undefined;
  #connection: Connection | undefined;
  #armedAt: number | undefined;
  #cancel: () => void = () => undefined;
  #hasPosition = false;
  #ackFrom = 0;
  /** Why nothing more happens by itself. */
  #over: string | undefined;
  #lastWord = '';
  record: SessionRecord | undefined;
  /** A token to carry to another device. */
  linkToken: string | undefined;

  constructor(
    name: string,
    settings: PlayerSettings,
    surroundings: PlayerSurroundings,
    from?: { readonly kept: Kept; readonly reader?: Reader | undefined },
  ) {
    this.name = name;
    this.settings = settings;
    this.#surroundings = surroundings;
    this.#kept = from?.kept ?? {};
    this.#reader = from?.reader ?? new Reader(surroundings.story, name);
  }

  get kept(): Kept {
    return this.#kept;
  }

  get over(): string | undefined {
    return this.#over;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Another client has the session, or the account: that is its player's choice. */
  get hasYielded(): boolean {
    return this.#over === 'taken_over' || this.#over === 'revoked' || this.#over === 'closed';
  }

  get isSettled(): boolean {
    return this.#over !== undefined || (this.#end?.isOpen === true && this.#end.outstanding === 0);
  }

  get situation(): string {
    return (
      this.#over ?? (this.#end?.isOpen === true ? `open, ${this.#end.outstanding} unsettled` : 'not open')
    );
  }

  /** The page is loaded, for the first time or again: only what was kept is there. */
  load(): void {
    const { story, timeline, random } = this.#surroundings;
    story.tell(() => `${this.name} begins${this.#kept.token === undefined ? '' : ' with a token'}`);
    this.#connection?.abandon();
    this.#connection = undefined;
    this.#cancel();
    this.#armedAt = undefined;
    for (const typed of this.typed) typed.isForgotten ||= typed.fate === undefined;
    this.#over = undefined;
    this.#end = new ClientEnd(
      { heldCommands: this.settings.heldCommands, random: () => random.fraction() },
      timeline.now,
    );
    this.#receive({ kind: 'start', kept: this.#kept });
  }

  /** What was kept is lost. */
  forget(): void {
    this.#kept = {};
    this.load();
  }

  /** The player presses "try now". */
  wake(): void {
    if (this.#over !== undefined || this.#end === undefined) this.load();
    else this.#receive({ kind: 'wake' });
  }

  type(verb: Verb): void {
    if (this.#over !== undefined || this.#end === undefined) return;
    const id = this.typed.length;
    const text = `${verb === 'secret' ? 'connect' : verb} ${this.name}.${id} please`;
    this.typed.push({ text, isForgotten: false, fate: undefined, sent: undefined });
    this.#receive({ kind: 'send', id, input: inputOf(verb, text) });
  }

  choose(run: 'all' | 'none' | readonly number[]): void {
    if (this.settings.heldCommands === 'ask') this.ask({ type: 'replay', run });
  }

  quit(): void {
    this.#receive({ kind: 'quit' });
  }

  ask(frame: Extract<ClientEvent, { kind: 'ask' }>['frame']): void {
    this.#receive({ kind: 'ask', frame });
  }

  /** Reads, and acknowledges nothing for a while. */
  stopAcks(ms: number): void {
    this.#ackFrom = this.#surroundings.timeline.now + ms;
  }

  /** Another client with all that this one keeps. */
  copy(name: string): SimulatedPlayer {
    const from = { kept: this.#kept, reader: this.#reader.copy(name) };
    const copy = new SimulatedPlayer(name, this.settings, this.#surroundings, from);
    copy.record = this.record;
    return copy;
  }

  // What the connection says.

  connected(): void {
    this.#hasPosition = this.#kept.offset !== undefined;
    this.#receive({ kind: 'connected' });
  }

  text(text: string): void {
    const decoded = decodeServerFrame(text);
    if ('frame' in decoded) {
      const { frame } = decoded;
      return this.#receive({ kind: 'frame', frame });
    }
    this.#surroundings.story.broken('wire', `${this.name} got ${JSON.stringify(decoded)}`);
  }

  disconnected(closeCode: number): void {
    this.#surroundings.story.tell(() => `${this.name} is disconnected: ${closeCode}`);
    this.#connection = undefined;
    this.#receive({ kind: 'disconnected', closeCode });
  }

  // Driving the client.

  #receive(event: Parameters<ClientEnd['receive']>[0]): void {
    const end = this.#end;
    if (end === undefined) return;
    for (const effect of end.receive(event, this.#surroundings.timeline.now)) this.#perform(effect);
    this.#arm(end);
  }

  #arm(end: ClientEnd): void {
    const due = this.#over === undefined ? end.nextDeadline : Infinity;
    if (due === this.#armedAt) return;
    this.#cancel();
    this.#armedAt = due;
    if (due === Infinity) return;
    const { timeline } = this.#surroundings;
    this.#cancel = timeline.after(due - timeline.now, () => {
      this.#armedAt = undefined;
      if (this.#end === end) this.#receive({ kind: 'deadline' });
    });
  }

  #perform(effect: ClientEffect): void {
    const { story } = this.#surroundings;
    switch (effect.kind) {
      case 'dial':
        story.tell(() => `${this.name} dials`);
        this.#connection?.abandon();
        this.#connection = this.#surroundings.dial(this);
        return;
      case 'hang_up':
        story.tell(() => `${this.name} hangs up`);
        return this.#connection?.hangUp();
      case 'say':
        return this.#say(effect.frame);
      case 'keep':
        this.#kept = effect.kept;
        return;
      case 'show':
        return this.#show(effect.frame);
      case 'settle': {
        const typed = this.typed[effect.id];
        if (typed === undefined) return;
        story.tell(() => `${this.name} learns of "${typed.text}": ${JSON.stringify(effect.fate)}`);
        story.expect(typed.fate === undefined, 'client', () => `"${typed.text}" was settled twice`);
        typed.fate = effect.fate;
        return;
      }
      case 'over':
        this.#over = this.#lastWord;
        story.tell(() => `${this.name} stops: ${effect.reason}`);
    }
  }

  #say(frame: ClientFrame): void {
    if (frame.type === 'stored' && !this.settings.confirms) return;
    if (frame.type === 'ack' && this.#surroundings.timeline.now < this.#ackFrom) return;
    if ((frame.type === 'command' || frame.type === 'gmcp') && this.record) {
      const text = frame.type === 'command' ? frame.text : frame.data;
      const typed = this.typed.find((each) => each.text === text);
      if (typed) typed.sent = { record: this.record, seq: frame.seq };
    }
    this.#connection?.up.send({ kind: 'text', text: encodeClientFrame(frame) });
  }

  /** Most who are asked make up their mind; asked again, they may change it. */
  #answerSoon(): void {
    const { random, timeline } = this.#surroundings;
    if (this.settings.heldCommands !== 'ask' || random.chance(0.2)) return;
    const choice = random.pick(['all', 'all', 'none', 'none', [1, 4]] as const);
    timeline.after(random.skewed(0, 1000), () => this.choose(choice));
  }

  #show(frame: ServerFrame): void {
    const { evidence } = this.#surroundings;
    if (frame.type === 'welcome') {
      this.record = evidence.recordOf(frame.session);
      this.#reader.began(this.record);
    } else if (frame.type === 'resumed') {
      this.record = evidence.recordOf(frame.session);
      this.#reader.resumed(this.record, frame, this.#hasPosition);
      if (frame.held.length > 0) this.#answerSoon();
    } else {
      if (frame.type === 'error') this.#lastWord = frame.code;
      if (frame.type === 'bye') this.#lastWord = frame.reason;
      // For another device.
      if (frame.type === 'token') this.linkToken = frame.value;
      this.#reader.took(frame);
    }
  }
}

function inputOf(verb: Verb, text: string): Input {
  if (verb === 'gmcp') return { type: 'gmcp', package: 'Game.Do', data: text };
  if (verb === 'core') return { type: 'gmcp', package: 'Core.Hello', data: text };
  return { type: 'command', text };
}
