import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { helpText, settingRow } from './help.ts';
import { loadSettings } from './settings-load.ts';
import { flagOf } from './settings-name.ts';
import { SETTING_NAMES } from './settings.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const codeBlock = (language: string): string =>
  new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'su').exec(page)?.[1] ?? '';

describe('docs/configuration.md', () => {
  test('has every setting of the table, in its order and words, and no other', () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').slice(1, -1))
      .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
    expect(rows).toEqual(SETTING_NAMES.map((name) => settingRow(name)));
  });

  test('has an example file that loads', () => {
    const example = codeBlock('yaml');
    expect(loadSettings(['--config', 'holdfast.yaml'], {}, () => example)).toMatchObject({
      settings: { upstream: { host: 'localhost', port: 4201 }, tokenTtlSeconds: 7200 },
    });
  });

  test('shows the messages that a faulty file really gives', () => {
    const faulty = codeBlock('yaml faulty');
    const loaded = loadSettings(['--config', 'holdfast.yaml', '--htpp', '8081'], {}, () => faulty);
    expect('problems' in loaded && `${loaded.problems.join('\n')}\n`).toBe(codeBlock('text'));
  });
});

describe('the help', () => {
  test('has every flag, once, in lines that fit a terminal', () => {
    const lines = helpText('serve').split('\n');
    const flags = lines.flatMap((line) => /^ {2}(--\S+) </u.exec(line)?.[1] ?? []);
    expect(flags).toEqual(SETTING_NAMES.map((name) => flagOf(name)));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  test('of the program names its commands', () => {
    expect(helpText('holdfast')).toMatch(
      /holdfast serve .*holdfast sessions .*holdfast help COMMAND .*--version/su,
    );
  });
});
