import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// `docs/guarantees.md` names the tests that prove each promise: by file, and by title.

const root = new URL('../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** The titles that follow a file's name, up to the next file or the end of the proof. */
function proofs(page: string): { file: string; titles: string[] }[] {
  const paragraphs = [...page.matchAll(/^Proof: ([\s\S]*?)(?=\n\n|$(?![\s\S]))/gm)].map(
    ([, proof = '']) => proof,
  );
  return paragraphs.flatMap((paragraph) => {
    return paragraph
      .replaceAll('\n', ' ')
      .split(';')
      .map((part) => ({
        file: /`([^`]+)`/.exec(part)?.[1] ?? '',
        titles: [...part.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
      }));
  });
}

describe('docs/guarantees.md', () => {
  const page = read('docs/guarantees.md');
  const named = proofs(page);

  it('has a proof for each of the eight promises', () => {
    const promises = page.split(/^## (?=\d)/m).slice(1);
    expect(promises).toHaveLength(8);
    for (const promise of promises) expect(promise).toContain('\nProof: ');
  });

  it('names tests that are there', () => {
    expect(named.length).toBeGreaterThan(10);
    for (const { file, titles } of named) {
      const source = read(file);
      for (const title of titles) expect(source, `${file} has a test of this title`).toContain(title);
    }
  });
});
