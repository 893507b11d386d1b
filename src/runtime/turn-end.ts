let waiting: (() => void)[] = [];

/** Calls back when all that came in this turn of the event loop is handled: in order, one immediate for all. */
export function atTurnEnd(call: () => void): void {
  if (waiting.length === 0) setImmediate(callAll);
  waiting.push(call);
}

function callAll(): void {
  const calls = waiting;
  waiting = [];
  let done = 0;
  try {
    for (const call of calls) {
      done += 1;
      call();
    }
  } finally {
    // Where one throws, the others are called all the same.
    for (const call of calls.slice(done)) atTurnEnd(call);
  }
}
