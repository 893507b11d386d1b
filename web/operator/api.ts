import type { ErrorView } from '../../src/operator/api.ts';

/** The gateway said no. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MS = 15_000;

/** The operator's API. Rejects with a `Refusal`, or with the browser's error where nobody answers. */
export class Api {
  readonly #credential: string;

  constructor(credential: string) {
    this.#credential = credential;
  }

  /** The caller knows what the path answers: the types are the API's own. */
  get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
    return this.#ask<T>('GET', given.size === 0 ? path : `${path}?${given.toString()}`);
  }

  post(path: string): Promise<unknown> {
    return this.#ask('POST', path);
  }

  async #ask<T>(method: string, path: string): Promise<T> {
    const response = await fetch(`.${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#credential}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (response.ok) {
      const answer: T = await response.json();
      return answer;
    }
    throw new Refusal(response.status, await messageOf(response));
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { error }: ErrorView = await response.json();
    return error.message;
  } catch {
    return `HTTP ${response.status}`;
  }
}
