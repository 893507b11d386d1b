import type { ClientInfo, Json } from '../../core/index.ts';
import { isSamePackage } from '../../telnet/index.ts';

/** Modules that a client may ask for; more are not remembered. */
const MODULE_LIMIT = 64;
const MODULE_LENGTH_LIMIT = 128;

export interface GmcpContent {
  readonly package: string;
  readonly data?: Json;
}

/**
 * How the player's client introduced itself by GMCP, kept for as long as the session: a game that turns GMCP on
 * (again) is told all of it, as if the client had just connected.
 */
export class GmcpIntroduction {
  #hello: Json | undefined;
  /** By name in lower case: as the client wrote it, with its version. */
  readonly #modules = new Map<string, string>();

  /** Takes a message from the player's client; only `Core.Hello` and `Core.Supports.*` are looked at. */
  note({ package: name, data }: GmcpContent): void {
    if (isSamePackage(name, 'Core.Hello')) this.#hello = data;
    if (isSamePackage(name, 'Core.Supports.Set')) {
      this.#modules.clear();
      this.#add(data);
    }
    if (isSamePackage(name, 'Core.Supports.Add')) this.#add(data);
    if (isSamePackage(name, 'Core.Supports.Remove')) {
      for (const module of modulesOf(data)) this.#modules.delete(keyOf(module));
    }
  }

  /** What a game is told first. A client that did not say who it is is introduced by us. */
  messages({ name = 'Holdfast', version = '' }: ClientInfo): readonly GmcpContent[] {
    const hello = { package: 'Core.Hello', data: this.#hello ?? { client: name, version } };
    if (this.#modules.size === 0) return [hello];
    return [hello, { package: 'Core.Supports.Set', data: [...this.#modules.values()] }];
  }

  #add(data: Json | undefined): void {
    for (const module of modulesOf(data)) {
      const key = keyOf(module);
      if (this.#modules.has(key) || this.#modules.size < MODULE_LIMIT) this.#modules.set(key, module);
    }
  }
}

/** `"Room 1"` → `room`. */
function keyOf(module: string): string {
  return module.trim().split(' ', 1).join('').toLowerCase();
}

function modulesOf(data: Json | undefined): readonly string[] {
  if (!Array.isArray(data)) return [];
  return data.filter(
    (item): item is string => typeof item === 'string' && item.length <= MODULE_LENGTH_LIMIT,
  );
}
