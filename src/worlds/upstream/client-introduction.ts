import type { ClientInfo, Json } from '../../core/index.ts';
import { isSamePackage, msdpOfPackage, packageOfMsdp } from '../../telnet/index.ts';

/** Modules and variables that a client may ask for; more are not remembered. */
const COUNT_LIMIT = 64;
const LENGTH_LIMIT = 128;

/** An out-of-band message: GMCP, or a variable of MSDP under the name that it has as a package. */
export interface OutOfBand {
  readonly package: string;
  readonly data?: Json;
}

/** What a client asked for. Stale: the client before the one that is there did. */
interface Wish {
  readonly text: string;
  readonly isStale: boolean;
}

type Wishes = Map<string, Wish>;

/**
 * How the player's client introduced itself: who it is, the GMCP modules that it supports, the MSDP variables that it
 * wants reported. A game that turns GMCP or MSDP on (again) is told all of it, as if the client had just connected.
 *
 * To the game a player who comes back with another client has never been away: what the older one asked for stays in
 * force there until the newer one says otherwise, or `leftovers` are taken back.
 */
export class ClientIntroduction {
  #hello: Json | undefined;
  /** By name in lower case: as the client wrote it, with its version. */
  readonly #modules: Wishes = new Map();
  readonly #reports: Wishes = new Map();

  /** Takes a message from the player's client; only those that introduce it are looked at. */
  note({ package: name, data }: OutOfBand): void {
    if (isSamePackage(name, 'Core.Hello')) this.#hello = data;
    if (isSamePackage(name, 'Core.Supports.Set')) {
      this.#modules.clear();
      add(this.#modules, data);
    }
    if (isSamePackage(name, 'Core.Supports.Add')) add(this.#modules, data);
    if (isSamePackage(name, 'Core.Supports.Remove')) remove(this.#modules, data);
    const command = msdpOfPackage(name);
    if (command === 'REPORT') add(this.#reports, data);
    if (command === 'UNREPORT') remove(this.#reports, data);
    if (command === 'RESET') this.#reports.clear();
  }

  /** The client is gone; another may come. */
  left(): void {
    this.#hello = undefined;
    for (const wishes of [this.#modules, this.#reports]) {
      for (const [key, { text }] of wishes) wishes.set(key, { text, isStale: true });
    }
  }

  /** What a game is told first by GMCP. A client that did not say who it is is introduced by us. */
  gmcp({ name = 'Holdfast', version = '' }: ClientInfo): readonly OutOfBand[] {
    const hello = { package: 'Core.Hello', data: this.#hello ?? { client: name, version } };
    if (this.#modules.size === 0) return [hello];
    return [hello, { package: 'Core.Supports.Set', data: textsOf(this.#modules) }];
  }

  /** What a game is told first by MSDP. */
  msdp(): readonly OutOfBand[] {
    if (this.#reports.size === 0) return [];
    return [{ package: packageOfMsdp('REPORT'), data: textsOf(this.#reports) }];
  }

  /** Takes back what only the client before asked for: what to say to the game. */
  leftovers(): readonly OutOfBand[] {
    const modules = takeStale(this.#modules).map((module) => module.split(' ', 1).join(''));
    const reports = takeStale(this.#reports);
    return [
      ...(modules.length > 0 ? [{ package: 'Core.Supports.Remove', data: modules }] : []),
      ...(reports.length > 0 ? [{ package: packageOfMsdp('UNREPORT'), data: reports }] : []),
    ];
  }
}

function add(wishes: Wishes, data: Json | undefined): void {
  for (const text of textsIn(data)) {
    const key = keyOf(text);
    if (wishes.has(key) || wishes.size < COUNT_LIMIT) wishes.set(key, { text, isStale: false });
  }
}

function remove(wishes: Wishes, data: Json | undefined): void {
  for (const text of textsIn(data)) wishes.delete(keyOf(text));
}

function takeStale(wishes: Wishes): readonly string[] {
  const stale = [...wishes].filter(([, { isStale }]) => isStale);
  for (const [key] of stale) wishes.delete(key);
  return stale.map(([, { text }]) => text);
}

function textsOf(wishes: Wishes): string[] {
  return [...wishes.values()].map(({ text }) => text);
}

/** `"Room 1"` → `room`. */
function keyOf(text: string): string {
  return text.trim().split(' ', 1).join('').toLowerCase();
}

/** A list, or in MSDP one value. */
function textsIn(data: Json | undefined): readonly string[] {
  const items: readonly (Json | undefined)[] = Array.isArray(data) ? data : [data];
  return items.filter(
    (item): item is string => typeof item === 'string' && item !== '' && item.length <= LENGTH_LIMIT,
  );
}
