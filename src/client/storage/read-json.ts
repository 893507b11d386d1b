/** What was written as JSON, of the type that it had; `undefined` where there is nothing, or nothing readable. */
// Whoever wrote it knows the type: as with `JSON.parse`, whose word we take.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function readJson<T>(text: string | null | undefined | void): T | undefined {
  try {
    const value: T | null = JSON.parse(text || 'null');
    return value ?? undefined;
  } catch {
    return undefined;
  }
}
