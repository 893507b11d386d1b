// The programs that some tests play against. Where one is missing its tests are skipped, and `npm test` says so.
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * A test finds its program in the environment, under `variable`. `commands`: any of them will do; `debian`: the package
 * that has one; `untested`: what is not tested without it.
 */
export const testPrograms = [
  {
    variable: 'HOLDFAST_TEST_CHROMIUM',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    untested: 'playing in a real browser',
  },
  {
    variable: 'HOLDFAST_TEST_TINYMUX',
    commands: ['netmux', '/usr/lib/tinymux/game/bin/netmux'],
    debian: 'tinymux',
    untested: 'a real game, TinyMUX, behind the gateway',
  },
  {
    variable: 'HOLDFAST_TEST_TINTIN',
    commands: ['tt++', '/usr/games/tt++'],
    debian: 'tintin++',
    untested: 'the client TinTin++',
  },
  {
    variable: 'HOLDFAST_TEST_TINYFUGUE',
    commands: ['tf5', 'tf'],
    debian: 'tf5',
    untested: 'the client TinyFugue',
  },
  {
    variable: 'HOLDFAST_TEST_TELNET',
    commands: ['telnet'],
    debian: 'inetutils-telnet',
    untested: 'the plain telnet command',
  },
  {
    variable: 'HOLDFAST_TEST_NC',
    commands: ['nc'],
    debian: 'netcat-openbsd',
    untested: 'the command nc',
  },
  {
    variable: 'HOLDFAST_TEST_TMUX',
    commands: ['tmux'],
    debian: 'tmux',
    untested: 'all of these clients, which want a terminal',
  },
];

/** Where a program is; the environment may have said so already. */
export function findProgram({ variable, commands }) {
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return commands
    .flatMap((command) => (isAbsolute(command) ? [command] : folders.map((folder) => join(folder, command))))
    .find(isExecutable);
}

export function missingPrograms() {
  return testPrograms.filter((program) => findProgram(program) === undefined);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
