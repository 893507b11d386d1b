// Counts the tests for the last line of `npm test`. A file that could not even be loaded, or an error that belongs to
// no test, counts as one that failed.
export default class ClosingLineReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = Array.from(module.children.allTests(), (test) => test.result().state);
      if (module.state() === 'failed' && !states.includes('failed')) counts.failed += 1;
      for (const state of states) counts[state === 'pending' ? 'skipped' : state] += 1;
    }
    // The parent, if any, prints the line when everything else has been printed.
    if (process.send) process.send(counts);
    else console.log(closingLine(counts));
  }
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
