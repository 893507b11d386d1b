/** What a parameter of a query may be. */
export interface Parameter<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** `undefined` where the text is nothing of the kind. */
  read(text: string): T | undefined;
}

export type ParametersOf = Readonly<Record<string, Parameter<unknown>>>;

export type ValuesOf<P extends ParametersOf> = {
  readonly [K in keyof P]?: P[K] extends Parameter<infer T> ? T : never;
};

export function words(longest: number): Parameter<string> {
  return {
    expected: `1 to ${longest} characters`,
    read: (text) => (text.length > 0 && text.length <= longest ? text : undefined),
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Parameter<T> {
  return {
    expected: choices.join(', '),
    read: (text) => choices.find((each) => each === text),
  };
}

export function whole(least: number, most: number): Parameter<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}
