let waiting: (() => void)[] = [];

/** Calls back when all that came in this turn of the event loop is handled: in order, one immediate for all. It must not throw. */
export function atTurnEnd(call: () => void): void {
  if (waiting.length === 0) setImmediate(callAll);
  waiting.push(call);
}

function callAll(): void {
  const calls = waiting;
  waiting = [];
  for (const call of calls) call();
}
