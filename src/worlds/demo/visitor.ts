import type {
  ClientInfo,
  NewOutput,
  WorldCommand,
  WorldCommit,
  WorldPlayer,
  WorldSession,
} from '../../core/index.ts';
import { asName, newCharacter, restoreCharacter } from './character.ts';
import { perform } from './commands/index.ts';
import { tell, type Harbour } from './harbour.ts';
import { look } from './look.ts';
import { Player } from './player.ts';
import { cleanLine } from './text.ts';
import { TOWNSFOLK } from './townsfolk.ts';

const WELCOME = [
  'Holdfast Harbour',
  '',
  'Kelp holds to the rock, ships hold to the quay, and you hold your place here,',
  'whatever becomes of your line.',
  '',
].join('\n');

const NAME_PROMPT: NewOutput = { kind: 'text', text: 'By what name are you known? ', prompt: true };
const RESERVED_NAMES = new Set(['You', ...TOWNSFOLK.map(({ name }) => name)]);

/** One session in this world: first at the harbour's edge, where a name is asked for, then a player in it. */
export class Visitor implements WorldPlayer {
  readonly #session: WorldSession;
  readonly #harbour: Harbour;
  #player: Player | undefined;
  /** Settles the command in hand without an answer. */
  #abandon: () => void = () => undefined;

  constructor(session: WorldSession, harbour: Harbour) {
    this.#session = session;
    this.#harbour = harbour;
    if (!session.restored || !this.#restore()) this.#askName();
  }

  command({ text }: WorldCommand): Promise<WorldCommit | void> {
    return new Promise((resolve, reject) => {
      this.#abandon = resolve;
      this.#carryOut(text).then(resolve, reject);
    });
  }

  attached(client: ClientInfo): void {
    const player = this.#present();
    if (player === undefined) return;
    const wasLinkDead = player.linkDeadSince !== undefined;
    player.attach(client);
    if (wasLinkDead) tell(this.#harbour.around(player), `${player.name} stirs again.`);
    const { name } = this.#harbour.roomOf(player);
    player.hear(`${wasLinkDead ? 'You stir again. ' : ''}You are still here: ${name}.`);
  }

  detached(): void {
    const player = this.#present();
    if (player === undefined) return;
    player.linkDeadSince = this.#harbour.clock.now();
    tell(this.#harbour.around(player), `${player.name} freezes, link-dead.`);
  }

  described(client: ClientInfo): void {
    this.#present()?.describe(client);
  }

  closed(): void {
    const player = this.#present();
    if (player !== undefined) {
      tell(this.#harbour.around(player), `${player.name} fades, like a name drawn in sand.`);
      this.#harbour.leave(player);
    }
    this.#abandon();
  }

  /** The player, from the login to the leaving. */
  #present(): Player | undefined {
    return this.#player && this.#harbour.has(this.#player) ? this.#player : undefined;
  }

  async #carryOut(text: string | undefined): Promise<WorldCommit | void> {
    // A GMCP message: nothing here listens to any.
    if (text === undefined) return;
    const line = cleanLine(text);
    if (this.#player === undefined) return this.#login(line);
    const player = this.#present();
    if (player === undefined) return;
    player.typed();
    const { question } = player;
    const answer = question ? question.answer(line) : await perform(player, line, this.#harbour);
    return this.#harbour.has(player) ? player.commit(answer) : player.farewell(answer);
  }

  #askName(): void {
    this.#session.authenticating();
    this.#session.state('login');
    this.#session.send({ kind: 'text', text: WELCOME }, NAME_PROMPT);
  }

  #login(line: string): WorldCommit {
    if (/^quit$/i.test(line)) {
      this.#session.end('quit');
      return { output: [{ kind: 'text', text: 'Fair winds!\n' }] };
    }
    const name = asName(line);
    if (name === undefined) return askAgain('A name is 2 to 16 letters, a to z.');
    const owner = this.#harbour.find(name);
    if (owner || RESERVED_NAMES.has(name)) return askAgain(refusal(name, owner));
    const player = new Player(this.#session, newCharacter(name), this.#harbour.clock);
    this.#enter(player);
    player.typed();
    tell(this.#harbour.around(player), `${name} comes ashore.`);
    return player.commit(
      `Welcome ashore, ${name}. Type help to see what can be done.\n\n${look(player, this.#harbour)}`,
    );
  }

  /** Puts back the player of a session that was kept over a restart; false where that cannot be. */
  #restore(): boolean {
    const { data, account } = this.#session;
    const character = restoreCharacter(data, account);
    if (character === undefined || this.#harbour.find(character.name)) {
      this.#session.lose();
      return false;
    }
    const player = new Player(this.#session, character, this.#harbour.clock);
    // When the connection was lost is not known any more.
    player.linkDeadSince = this.#harbour.clock.now();
    this.#enter(player);
    // Nor is the question that hid what was typed.
    this.#session.send({ kind: 'echo', on: true }, ...player.changes());
    return true;
  }

  #enter(player: Player): void {
    this.#player = player;
    this.#harbour.enter(player);
    this.#session.playing(player.name.toLowerCase());
    this.#session.state('up');
  }
}

function askAgain(reason: string): WorldCommit {
  return { output: [{ kind: 'text', text: `${reason}\n` }, NAME_PROMPT] };
}

/** Why nobody can come in by this name. There are no passwords: a name belongs to the session that has it. */
function refusal(name: string, owner: Player | undefined): string {
  if (owner?.linkDeadSince === undefined) return `There is a ${name} here already. Choose another name.`;
  return `${name} is here, link-dead. If that is you, reconnect; if not, choose another name.`;
}
