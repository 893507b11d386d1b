import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ByeFrame } from '../../src/protocol/index.ts';
import { Notices } from '../../src/transports/telnet/notices.ts';
import { UPSTREAM_PHRASES } from '../../src/worlds/upstream/phrases.ts';
import { repositoryPath } from '../support/doc-page.ts';

// Scripts match what the gateway says: a sentence that changes there changes here.

const notices = new Notices();
const bye = (reason: ByeFrame['reason']): string => notices.bye({ type: 'bye', reason, resume: false });
const AFTER_WHICH_A_CLIENT_STAYS_AWAY = [bye('quit'), bye('taken_over'), bye('revoked'), bye('expired')];
const AFTER_WHICH_IT_LOGS_IN = [
  notices.error({ type: 'error', code: 'token_refused', message: '', retry: 'fresh' }),
  UPSTREAM_PHRASES.login_again,
];

const scripts = readdirSync(repositoryPath('clients'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /holdfast[^/]*$/.test(file))
  .map((file) => ({ file, text: read(`clients/${file}`) }));

describe.each(scripts)('clients/$file', ({ text }) => {
  test('knows the sentences after which a client stays away', () => {
    expect(AFTER_WHICH_A_CLIENT_STAYS_AWAY.filter((sentence) => !text.includes(bare(sentence)))).toEqual([]);
  });

  test('knows those after which it logs in, if it logs in', () => {
    const known = AFTER_WHICH_IT_LOGS_IN.filter((sentence) => text.includes(bare(sentence)));
    expect(known).toEqual(text.includes('holdfast_login') ? AFTER_WHICH_IT_LOGS_IN : []);
  });
});

test('docs/clients.md has them all', () => {
  const page = read('docs/clients.md').replaceAll(/\s+/g, ' ');
  const all = [...AFTER_WHICH_A_CLIENT_STAYS_AWAY, ...AFTER_WHICH_IT_LOGS_IN, notices.token];
  expect(all.filter((sentence) => !page.includes(sentence))).toEqual([]);
});

function read(path: string): string {
  return readFileSync(repositoryPath(path), 'utf8');
}

/** Regular expressions write the stop in their own way. */
function bare(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
