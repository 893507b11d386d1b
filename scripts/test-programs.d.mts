export interface TestProgram {
  readonly variable: string;
  readonly commands: readonly string[];
  readonly debian: string;
  readonly untested: string;
}

export const testPrograms: readonly TestProgram[];

export function findProgram(program: TestProgram): string | undefined;

export function missingPrograms(): readonly TestProgram[];
