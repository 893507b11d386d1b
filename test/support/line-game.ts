import { createServer, type Server, type Socket } from 'node:net';

/**
 * A small game that listens for lines, for tests to stand in front of. It shares no code with Holdfast: it reads and
 * writes its own bytes, so that a mistake of ours is not made twice.
 *
 *     What is your name? Ada
 *     Password:                     (between IAC WILL ECHO and IAC WONT ECHO, unless `telnet` is off)
 *     1: Welcome, Ada.
 *     > look
 *     2: You said: look
 *     > slow dig                    (answered after `slowMs`; lines that follow wait)
 *     3: You finish: dig
 *     > quit
 *     4: Goodbye, Ada.
 *
 * Every line to a player begins with its number. The numbers go on when the player logs in again.
 */
export interface LineGameOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** False: plain TCP, not one byte of Telnet. Default true. */
  readonly telnet?: boolean;
  /** How a prompt is marked. Default `none`. */
  readonly prompt?: 'none' | 'ga' | 'eor';
  /** Ends lines like a DikuMUD (LF CR), or like the standard. Default CR LF. */
  readonly lineEnd?: '\r\n' | '\n\r' | '\n';
  readonly encoding?: 'utf8' | 'latin1';
  /** How long a `slow` command takes. Default 50 ms. */
  readonly slowMs?: number;
}

export interface LineGame {
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /** Connections that were ever accepted. */
  readonly accepted: number;
  /** Names of those who are logged in, in the order of their logins. */
  readonly players: readonly string[];
  /** Every login, with what was typed as the password. */
  readonly logins: readonly { readonly name: string; readonly password: string }[];
  /** Every command line of a player, as it came, once for each time it came. */
  received(name: string): readonly string[];
  /** What the clients said by Telnet, for each connection in the order of their coming. */
  readonly talks: readonly TelnetTalk[];
  /** A numbered line to one player. False where nobody of that name is here. */
  say(name: string, text: string): boolean;
  /** A numbered line to every player. */
  broadcast(text: string): void;
  /** Bytes as they are, to every connection. */
  raw(bytes: Uint8Array): void;
  /** A GMCP message to every connection that agreed to GMCP. */
  gmcp(packageName: string, data?: unknown): void;
  /** Closes a player's connection, as for idleness, in the middle of things. */
  drop(name: string): void;
  /** Stops reading from everyone, so that what is sent to the game piles up. */
  stopReading(): void;
  /** Dies: the port is closed, and every connection is reset. Start another one with its `port` as a restart. */
  crash(): Promise<void>;
  /** Ends in good order: the port first, then every connection. */
  close(): Promise<void>;
}

/** What one client said by Telnet. */
export interface TelnetTalk {
  /** `WILL 24`, `DONT 1` … */
  readonly negotiations: readonly string[];
  /** Payloads, IAC IAC undone. */
  readonly subnegotiations: readonly { readonly option: number; readonly payload: Buffer }[];
  /** GMCP messages as they came. */
  readonly gmcp: readonly string[];
}

const [SE, GA, EOR, SB, WILL, WONT, DO, DONT, IAC] = [240, 249, 239, 250, 251, 252, 253, 254, 255];
const [ECHO, TTYPE, EOR_OPTION, NAWS, GMCP] = [1, 24, 25, 31, 201];
const VERBS: Readonly<Record<number, string>> = {
  [WILL]: 'WILL',
  [WONT]: 'WONT',
  [DO]: 'DO',
  [DONT]: 'DONT',
};
const LF = 10;
const CR = 13;

/** Starts the game on 127.0.0.1; resolves when it listens. */
export async function startLineGame(options: LineGameOptions = {}): Promise<LineGame> {
  const game = new Game(options);
  await game.listen(options.port ?? 0);
  return game;
}

class Game implements LineGame {
  readonly options: LineGameOptions;
  readonly logins: { name: string; password: string }[] = [];
  readonly talks: Talk[] = [];
  readonly #server: Server;
  readonly #visitors = new Set<Visitor>();
  readonly #lines = new Map<string, string[]>();
  readonly #numbers = new Map<string, number>();
  port = 0;

  constructor(options: LineGameOptions) {
    this.options = options;
    this.#server = createServer({ noDelay: true }, (socket) => {
      const visitor = new Visitor(this, socket);
      this.#visitors.add(visitor);
      this.talks.push(visitor.talk);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#visitors.delete(visitor));
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.port = address.port;
        resolve();
      });
    });
  }

  get connections(): number {
    return this.#visitors.size;
  }

  get accepted(): number {
    return this.talks.length;
  }

  get players(): readonly string[] {
    return [...this.#visitors].flatMap(({ name }) => name ?? []);
  }

  received(name: string): readonly string[] {
    return this.#lines.get(name) ?? [];
  }

  record(name: string, line: string): void {
    this.#lines.set(name, [...this.received(name), line]);
  }

  nextNumber(name: string): number {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    return number;
  }

  say(name: string, text: string): boolean {
    const here = [...this.#visitors].filter((visitor) => visitor.name === name);
    for (const visitor of here) visitor.tell(text);
    return here.length > 0;
  }

  broadcast(text: string): void {
    for (const name of new Set(this.players)) this.say(name, text);
  }

  raw(bytes: Uint8Array): void {
    for (const visitor of this.#visitors) visitor.socket.write(bytes);
  }

  gmcp(packageName: string, data?: unknown): void {
    const message = Buffer.from(data === undefined ? packageName : `${packageName} ${JSON.stringify(data)}`);
    for (const { talk, socket } of this.#visitors) {
      // JSON in UTF-8 has no byte 255 in it.
      if (talk.negotiations.includes(`DO ${GMCP}`)) socket.write(subnegotiation(GMCP, message));
    }
  }

  drop(name: string): void {
    for (const visitor of this.#visitors) if (visitor.name === name) visitor.socket.end();
  }

  stopReading(): void {
    for (const { socket } of this.#visitors) socket.pause();
  }

  crash(): Promise<void> {
    const closed = this.#stopListening();
    for (const { socket } of this.#visitors) socket.resetAndDestroy();
    return closed;
  }

  close(): Promise<void> {
    const closed = this.#stopListening();
    for (const { socket } of this.#visitors) socket.destroySoon();
    return closed;
  }

  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** One connection: first at the login, then a player. */
class Visitor {
  readonly socket: Socket;
  readonly talk: Talk;
  name: string | undefined;
  readonly #game: Game;
  /** The name that was given, until its password is. */
  #asking: string | undefined;
  #text: number[] = [];
  /** Lines are carried out one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(game: Game, socket: Socket) {
    this.#game = game;
    this.socket = socket;
    this.talk = new Talk(game.options.telnet !== false);
    this.#negotiate(DO, TTYPE);
    this.#negotiate(DO, NAWS);
    this.#negotiate(WILL, GMCP);
    if (game.options.prompt === 'eor') this.#negotiate(WILL, EOR_OPTION);
    this.#prompt('What is your name? ');
    socket.on('data', (bytes) => {
      for (const byte of this.talk.read(bytes)) this.#typed(byte);
    });
  }

  /** Writes a numbered line, and the prompt again. */
  tell(text: string): void {
    if (this.name === undefined) return;
    this.#line(`${this.#game.nextNumber(this.name)}: ${text}`);
    this.#prompt('> ');
  }

  #typed(byte: number): void {
    if (byte === LF) {
      const line = Buffer.from(this.#text.splice(0)).toString(this.#game.options.encoding ?? 'utf8');
      this.#work = this.#work.then(() => this.#carryOut(line));
    } else if (byte !== CR && byte !== 0) {
      this.#text.push(byte);
    }
  }

  async #carryOut(line: string): Promise<void> {
    if (this.name === undefined) return this.#logIn(line);
    this.#game.record(this.name, line);
    if (line === 'quit') {
      this.#line(`${this.#game.nextNumber(this.name)}: Goodbye, ${this.name}.`);
      this.socket.end();
    } else if (line.startsWith('slow ')) {
      await new Promise((resolve) => setTimeout(resolve, this.#game.options.slowMs ?? 50));
      this.tell(`You finish: ${line.slice('slow '.length)}`);
    } else {
      this.tell(`You said: ${line}`);
    }
  }

  #logIn(line: string): void {
    if (this.#asking === undefined) {
      this.#asking = line;
      this.#write('Password: ');
      this.#negotiate(WILL, ECHO);
      this.#mark();
      return;
    }
    this.#game.logins.push({ name: this.#asking, password: line });
    this.#negotiate(WONT, ECHO);
    this.#write(this.#game.options.lineEnd ?? '\r\n');
    this.name = this.#asking;
    this.tell(`Welcome, ${this.name}.`);
  }

  #line(text: string): void {
    this.#write(`${text}${this.#game.options.lineEnd ?? '\r\n'}`);
  }

  #prompt(text: string): void {
    this.#write(text);
    this.#mark();
  }

  #mark(): void {
    const { prompt = 'none' } = this.#game.options;
    if (prompt !== 'none') this.socket.write(Buffer.of(IAC, prompt === 'ga' ? GA : EOR));
  }

  #negotiate(verb: number, option: number): void {
    if (this.#game.options.telnet !== false) this.socket.write(Buffer.of(IAC, verb, option));
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, this.#game.options.encoding ?? 'utf8');
    this.socket.write(this.#game.options.telnet === false ? bytes : doubleIac(bytes));
  }
}

/** Takes Telnet out of what a client sends, and keeps it. */
class Talk implements TelnetTalk {
  readonly negotiations: string[] = [];
  readonly subnegotiations: { option: number; payload: Buffer }[] = [];
  readonly #isTelnet: boolean;
  #state: 'text' | 'iac' | 'verb' | 'sb' | 'sb-iac' = 'text';
  #verb = 0;
  #payload: number[] = [];

  constructor(isTelnet: boolean) {
    this.#isTelnet = isTelnet;
  }

  get gmcp(): readonly string[] {
    return this.subnegotiations
      .filter(({ option }) => option === GMCP)
      .map(({ payload }) => payload.toString('utf8'));
  }

  /** The bytes of text. */
  read(bytes: Uint8Array): number[] {
    return [...bytes].filter((byte) => !this.#isTelnet || this.#isText(byte));
  }

  #isText(byte: number): boolean {
    switch (this.#state) {
      case 'text':
        if (byte === IAC) this.#state = 'iac';
        return byte !== IAC;
      case 'iac':
        this.#verb = byte;
        this.#state = byte === SB ? 'sb' : byte in VERBS ? 'verb' : 'text';
        return byte === IAC;
      case 'verb':
        this.negotiations.push(`${VERBS[this.#verb]} ${byte}`);
        this.#state = 'text';
        return false;
      case 'sb':
        if (byte === IAC) this.#state = 'sb-iac';
        else this.#payload.push(byte);
        return false;
      case 'sb-iac':
        this.#state = byte === SE ? 'text' : 'sb';
        if (byte === SE) this.#end();
        else this.#payload.push(byte);
        return false;
    }
  }

  #end(): void {
    const [option = -1, ...payload] = this.#payload.splice(0);
    this.subnegotiations.push({ option, payload: Buffer.from(payload) });
  }
}

function subnegotiation(option: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(IAC, SB, option), doubleIac(payload), Buffer.of(IAC, SE)]);
}

function doubleIac(bytes: Uint8Array): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])));
}
