import { added, NONE, type NewOutput } from '../../core/index.ts';
import type { GmcpKind } from './gmcp-policy.ts';
import type { GameEvent } from './telnet-client.ts';

/** A sound in the game's text: a line of its own, or the beginning of one. */
const SOUND = /^!!(?:SOUND|MUSIC)\([^)\n]*\)[^\S\n]*\n?/gimu;

type Text = Extract<NewOutput, { kind: 'text' }>;

/** Makes entries for the output log of what the game says, in its order. */
export class GameOutput {
  readonly #kindOf: (packageName: string) => GmcpKind;
  #isAtLineStart: boolean;
  /** Nothing was shown since the last prompt. */
  #isAtPrompt = false;

  constructor(kindOf: (packageName: string) => GmcpKind, isAtLineStart: boolean) {
    this.#kindOf = kindOf;
    this.#isAtLineStart = isAtLineStart;
  }

  /** The entries for what came together. `isHeard`: somebody is attached. */
  entries(events: readonly GameEvent[], isHeard: boolean): NewOutput[] {
    let output: NewOutput[] = NONE;
    for (const event of events) {
      switch (event.kind) {
        case 'text':
          output = this.#text(output, isHeard ? event.text : this.#withoutSounds(event.text));
          break;
        case 'prompt':
          output = this.#prompt(output);
          break;
        case 'echo':
          output = added(output, event);
          break;
        case 'gmcp':
          output = [...output, ...this.#gmcp(event)];
          break;
        case 'unread':
        case 'listing':
      }
    }
    return output;
  }

  /** A sentence of our own, in a line of its own. */
  notice(sentence: string): NewOutput {
    const text = `${this.#isAtLineStart ? '' : '\n'}${sentence}\n`;
    this.#isAtLineStart = true;
    this.#isAtPrompt = false;
    return { kind: 'text', text };
  }

  /** The player ended a line, and with it the one that the game had begun. */
  lineTyped(): void {
    this.#isAtLineStart = true;
  }

  /** Played when they are read at last, the sounds of an hour (MSP) would come all at once. */
  #withoutSounds(text: string): string {
    if (!text.includes('!!')) return text;
    const lineStart = this.#isAtLineStart ? 0 : text.indexOf('\n') + 1;
    if (lineStart === 0 && !this.#isAtLineStart) return text;
    return text.slice(0, lineStart) + text.slice(lineStart).replace(SOUND, '');
  }

  #text(output: NewOutput[], text: string): NewOutput[] {
    if (text === '') return output;
    this.#isAtLineStart = text.endsWith('\n');
    this.#isAtPrompt = false;
    const last = output.at(-1);
    if (last?.kind !== 'text' || last.prompt) return added(output, { kind: 'text', text });
    output[output.length - 1] = { kind: 'text', text: last.text + text };
    return output;
  }

  /**
   * The prompt is the line that is unfinished. Where the mark comes in a later packet than its line, that has been shown
   * already, because it might have been a question without a mark, and the prompt is empty here: the session knows the
   * line that it marks. Some games mark twice.
   */
  #prompt(output: NewOutput[]): NewOutput[] {
    if (this.#isAtPrompt) return output;
    this.#isAtPrompt = true;
    const at = output.findLastIndex(({ kind }) => kind === 'text');
    const last = output[at];
    // Between a question for a password and its mark the game turns the echo off.
    if (last?.kind !== 'text' || last.text.endsWith('\n')) {
      return added(output, { kind: 'text', text: '', prompt: true });
    }
    output.splice(at, 1, ...splitPrompt(last.text));
    return output;
  }

  #gmcp(event: Extract<GameEvent, { kind: 'gmcp' }>): NewOutput[] {
    switch (this.#kindOf(event.package)) {
      case 'state':
        return [{ ...event, state: true }];
      case 'event':
        return [event];
      case 'passing':
        return [{ ...event, passing: true }];
      case 'reserved':
        return [];
    }
  }
}

function splitPrompt(text: string): Text[] {
  const start = text.lastIndexOf('\n') + 1;
  const prompt: Text = { kind: 'text', text: text.slice(start), prompt: true };
  return start === 0 ? [prompt] : [{ kind: 'text', text: text.slice(0, start) }, prompt];
}
