#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { readCommand } from './command.ts';
import { helpText } from './help.ts';
import { operate } from './operator/index.ts';
import { loadSettings } from './settings-load.ts';
import { version } from './version.ts';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(...problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`holdfast: ${problem}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      return say(helpText(command.about));
    case 'version':
      return say(version());
    case 'unknown':
      return fail(command.problem);
    case 'operate': {
      const { said, problems, exitCode } = await operate(command.command, command.args, process.env);
      if (said !== '') say(said);
      fail(...problems);
      process.exitCode = exitCode;
      return;
    }
    case 'serve': {
      const loaded = loadSettings(command.flags, process.env, (path) => readFileSync(path, 'utf8'));
      if ('problems' in loaded) return fail(...loaded.problems);
      // Only here: whoever asks a running gateway need not wait until all of another one is loaded.
      const { loadTexts } = await import('./texts-file.ts');
      const { serve } = await import('./serve.ts');
      const texts = loadTexts(loaded.settings.texts, (path) => readFileSync(path, 'utf8'));
      if ('problems' in texts) return fail(...texts.problems);
      const problem = await serve(loaded.settings, { say, stop: stopSignal(), ...texts });
      if (problem !== undefined) fail(problem);
    }
  }
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.once(signal, () => process.exit(1));
      });
    }
  });
}

await main();
