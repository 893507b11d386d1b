import {
  DROP_REASONS,
  type DropReason,
  type Json,
  type NewOutput,
  type World,
  type WorldCommit,
} from '../core/index.ts';

// What a world hands over is counted and kept, and the world may change its own objects in place afterwards. So a copy is
// taken, at once; and what is no output, or no JSON, is the world's failure before anything of it is written. Worlds need
// not be written in TypeScript: nothing that the types say is believed here. Each of these throws a `TypeError`.

/** Where the game is elsewhere (`mark`), GMCP data was parsed for this message alone, and need not be copied. */
export function ownOutput(output: readonly NewOutput[], delivery: World['delivery']): readonly NewOutput[] {
  if (!Array.isArray(output)) throw new TypeError('output must be a list');
  return output.map((item) => ownItem(item, delivery));
}

/** What a world answered a command with: no answer is one, too. */
export function ownAnswer(answer: WorldCommit | void): WorldCommit {
  if (answer === undefined || answer === null) return {};
  if (typeof answer !== 'object') throw new TypeError('an answer must be an object');
  const { output, data } = answer;
  return {
    ...(output !== undefined && { output: ownOutput(output, 'commit') }),
    ...(data !== undefined && { data: ownJson(data) }),
  };
}

/** As JSON says it. */
export function ownJson(data: Json): Json {
  if (data === null || typeof data === 'string' || typeof data === 'boolean') return data;
  const json: string | undefined = JSON.stringify(data);
  if (json === undefined) throw new TypeError('data must be JSON');
  return JSON.parse(json);
}

function ownItem(item: NewOutput, delivery: World['delivery']): NewOutput {
  switch (item.kind) {
    case 'text': {
      const text = textOf(item.text, 'text');
      return item.prompt ? { kind: 'text', text, prompt: true } : { kind: 'text', text };
    }
    case 'echo':
      return { kind: 'echo', on: flagOf(item.on, 'on') };
    case 'gmcp': {
      const { data, state, passing } = item;
      return {
        kind: 'gmcp',
        package: textOf(item.package, 'package'),
        ...(data !== undefined && { data: delivery === 'mark' ? data : ownJson(data) }),
        ...(passing && { passing: true }),
        ...(state && { state: true }),
      };
    }
    case 'dropped': {
      const { through } = item;
      return {
        kind: 'dropped',
        seq: numberOf(item.seq, 'seq'),
        ...(through !== undefined && { through: numberOf(through, 'through') }),
        reason: reasonOf(item.reason),
      };
    }
    default:
      throw new TypeError('output must be of a kind that there is');
  }
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be text`);
  return value;
}

function flagOf(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false`);
  return value;
}

function numberOf(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || Number(value) < 1)
    throw new TypeError(`${name} must be a number of a command`);
  return Number(value);
}

function reasonOf(value: unknown): DropReason {
  const reason = DROP_REASONS.find((known) => known === value);
  if (reason === undefined) throw new TypeError('reason must be one that there is');
  return reason;
}
