import { API_ERRORS } from '../../operator/api-error.ts';
import type { ErrorView } from '../../operator/api.ts';

/** What a command ends with: 0 done, 1 not done, 2 there is nothing of that name, 3 not healthy. */
export const EXIT = { done: 0, failed: 1, nothing: 2, unhealthy: 3 } as const;

/** A command could not be done; the message is for people. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** A gateway that does not answer in this time is not reached, in ms. A drain waits for all to be gone. */
const ANSWER_TIMEOUT_MS = 30_000;

/** A gateway's operator API, as the command line uses it. Rejects with a `CommandError`. */
export class ApiClient {
  readonly #base: string;
  readonly #credential: string;

  constructor(base: string, credential: string) {
    this.#base = base;
    this.#credential = credential;
  }

  /** The caller knows what the path answers: the types are the API's own. */
  get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
    const text = given.toString();
    return this.#ask<T>('GET', text === '' ? path : `${path}?${text}`);
  }

  post<T>(path: string): Promise<T> {
    return this.#ask<T>('POST', path);
  }

  async #ask<T>(method: string, path: string): Promise<T> {
    const response = await this.#fetch(method, path);
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return body as T;
    }
    if (!isErrorView(body))
      throw new CommandError(`${this.#base} is no gateway's operator (HTTP ${response.status})`);
    const isNothing = response.status === API_ERRORS.not_found.status;
    throw new CommandError(body.error.message, isNothing ? EXIT.nothing : EXIT.failed);
  }

  async #fetch(method: string, path: string): Promise<Response> {
    try {
      return await fetch(`${this.#base}${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#credential}` },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        redirect: 'error',
      });
    } catch (error) {
      throw new CommandError(`no gateway answers at ${this.#base}: ${reasonOf(error)}`);
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function isErrorView(body: unknown): body is ErrorView {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return (
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
  );
}
