import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { repositoryPath } from './support/doc-page.ts';

const LIMIT_BYTES = 6000;

/** What a page gets that imports this from the package, as it was built: one file. */
async function bundle(source: string): Promise<{ code: string; imports: readonly string[] }> {
  const result = await build({
    root: repositoryPath('.'),
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? `\0${id}` : undefined),
        load: (id) => (id === '\0page' ? source : undefined),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: 'page', preserveEntrySignatures: 'strict' },
    },
  });
  if (!('output' in result)) throw new Error('nothing was built');
  const [chunk, ...others] = result.output;
  expect(others).toEqual([]);
  return { code: chunk.code, imports: chunk.imports };
}

it(`takes a page at most ${LIMIT_BYTES} bytes to connect, minified and gzipped, and nothing else`, async () => {
  const { code, imports } = await bundle("export { connect } from 'holdfast/client';");
  expect(imports).toEqual([]);
  // All of it is there: the driver, the outbox, the lock.
  expect(code).toMatch(/holdfast\.v1[\s\S]*takeOver/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT_BYTES);
});
