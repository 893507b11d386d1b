/** How long a test waits for what must happen, in ms. Nothing waits for so long when all is well. */
export const PATIENCE_MS = 10_000;

/** Rejects when the promise takes too long, and says what was waited for. */
export async function within<T>(what: string, promise: Promise<T>, ms: number = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Things that a test can wait for: each `changed()` lets everybody look again. */
export class Changes {
  #waiting: readonly { readonly look: () => void }[] = [];

  changed(): void {
    for (const { look } of this.#waiting) look();
  }

  /** Resolves with the first value that is not `undefined` or false. */
  until<T>(what: string, look: () => T | undefined | false, ms?: number): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const waiter = {
        look: () => {
          try {
            const value = look();
            if (value === undefined || value === false) return;
            this.#waiting = this.#waiting.filter((other) => other !== waiter);
            resolve(value);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
      };
      this.#waiting = [...this.#waiting, waiter];
      waiter.look();
    });
    return within(what, found, ms);
  }
}
