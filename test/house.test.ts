import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each layer and those it may import. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ['core'],
  telnet: ['core'],
  runtime: ['core'],
  stores: ['core', 'protocol', 'telnet'],
  transports: ['core', 'protocol', 'telnet', 'runtime'],
  worlds: ['core', 'protocol', 'telnet', 'runtime'],
  client: ['core', 'protocol', 'telnet'],
  'client-node': ['core', 'protocol', 'telnet', 'client'],
  gateway: ['core', 'protocol', 'telnet', 'stores', 'transports', 'worlds', 'client'],
  operator: ['core', 'protocol', 'telnet', 'stores', 'transports', 'worlds', 'client', 'gateway'],
  cli: ['core', 'protocol', 'telnet', 'stores', 'transports', 'worlds', 'client', 'gateway', 'operator'],
  testing: ['core', 'protocol', 'telnet', 'stores', 'transports', 'worlds', 'client', 'gateway'],
};
/** Layers that know neither Node nor a browser, nor anyone's package. */
const PURE_LAYERS = ['core', 'protocol', 'telnet'];

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly target: string;
}

// Tests may reach anywhere, and are not published.
const sourceFiles = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);
const imports = sourceFiles.flatMap((file) => importsOf(file, 'src'));
const isRelative = ({ target }: Import): boolean => target.startsWith('.');

describe('the house', () => {
  test.each(
    Object.entries(LAYERS).map(([layer, allowed]) => {
      const files = sourceFiles.filter((file) => layerOf(file) === layer);
      return { layer, allowed, count: files.length };
    }),
  )('$layer (files seen: $count) imports only what is below it: $allowed', ({ layer, allowed }) => {
    const wrong = imports
      .filter((found) => found.layer === layer && isRelative(found))
      .filter(({ file, target }) => ![layer, ...allowed].includes(layerOf(join(dirname(file), target))));
    expect(wrong).toEqual([]);
  });

  test(`has no source outside its layers (${imports.length} imports in ${sourceFiles.length} files)`, () => {
    expect(sourceFiles.filter((file) => !(layerOf(file) in LAYERS))).toEqual([]);
  });

  test('shows all its imports to this check', () => {
    const importing = sourceFiles.filter((file) =>
      /^(import|export|\}).* from '/mu.test(read(join('src', file))),
    );
    expect(importing.length).toBeGreaterThan(0);
    expect([...new Set(imports.map(({ file }) => file))]).toEqual(importing);
  });

  test('says the same to the compiler', () => {
    for (const [layer, allowed] of Object.entries(LAYERS)) {
      const project = JSON.parse(read(`src/${layer}/tsconfig.json`));
      expect(project.references.map(({ path }: { path: string }) => path)).toEqual(
        allowed.map((name) => `../${name}`),
      );
    }
    const whole = JSON.parse(read('tsconfig.json'));
    expect(whole.references).toEqual(Object.keys(LAYERS).map((layer) => ({ path: `src/${layer}` })));
  });

  test('publishes entries of its layers only', () => {
    const { exports } = JSON.parse(read('package.json'));
    for (const target of Object.values<string>(exports)) {
      expect(Object.keys(LAYERS)).toContain(/^\.\/dist\/([\w-]+)\/[\w-]+\.js$/u.exec(target)?.[1]);
    }
  });

  test('imports nothing that an installed package would not have', () => {
    const { dependencies } = JSON.parse(read('package.json'));
    const foreign = imports.filter((found) => !isRelative(found));
    expect(foreign.filter(({ layer }) => PURE_LAYERS.includes(layer))).toEqual([]);
    expect(
      foreign.filter(({ target }) => !isBuiltin(target) && !(packageOf(target) in dependencies)),
    ).toEqual([]);
  });
});

/** Each page and what it may have beside the client SDK: what both ends of an API say to each other. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  terminal: [],
  operator: ['src/operator/api.ts', 'src/operator/quantity.ts'],
};

describe.each(Object.entries(PAGES))('the page %s', (page, shared) => {
  const files = readdirSync(join(root, 'web', page), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(?!node_modules).*(?<!\.test)\.ts$/u.test(file),
  );

  test(`has of this project only the client SDK, ${JSON.stringify(shared)}, and what it names itself (files seen: ${files.length})`, () => {
    const { devDependencies } = JSON.parse(read(`web/${page}/package.json`));
    const allowed = ['holdfast/client', ...Object.keys(devDependencies)];
    const found = files.flatMap((file) => importsOf(join('web', page, file)));
    expect(
      found.filter((each) => !isRelative(each)).filter(({ target }) => !allowed.includes(target)),
    ).toEqual([]);
    const outside = found.filter(isRelative).map(({ file, target }) => join(dirname(file), target));
    expect(outside.filter((target) => !/^web\b/u.test(target) && !shared.includes(target))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
  });
});

test('package-lock.json has what npm ci asks for, for every platform', () => {
  // npm writes it without the optional packages of other platforms where the registry does not have them, and then
  // refuses it.
  const { packages } = JSON.parse(read('package-lock.json'));
  const missing = Object.entries<{ optionalDependencies?: Record<string, string> }>(packages).flatMap(
    ([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
      ),
  );
  expect(Object.keys(packages).length).toBeGreaterThan(1);
  expect(missing).toEqual([]);
});

describe('the compiler', () => {
  const breaches: Readonly<Record<string, string>> = {
    timer: 'setTimeout(() => {}, 1);',
    buffer: "Buffer.from('');",
    socket: "import { connect } from 'node:net';\nconnect(1);",
    process: 'process.exit();',
    page: "document.title = '';",
    upward: "export * from '../gateway/index.ts';",
  };
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'holdfast-house-'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(root, file), join(copy, file));
    for (const layer of Object.keys(LAYERS)) {
      mkdirSync(join(copy, 'src', layer), { recursive: true });
      cpSync(join(root, 'src', layer, 'tsconfig.json'), join(copy, 'src', layer, 'tsconfig.json'));
      writeFileSync(join(copy, 'src', layer, 'index.ts'), 'export const answer: number = 42;\n');
      for (const [name, text] of Object.entries(breaches)) {
        writeFileSync(join(copy, 'src', layer, `${name}.ts`), `${text}\n`);
      }
    }
  });

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  test.each(PURE_LAYERS)('lets no timer, buffer, socket, process, page or upward import into %s', (layer) => {
    expect(faultyFiles(layer)).toEqual(Object.keys(breaches).toSorted());
  });

  test('lets gateway have what Node has, so that the above is no accident', () => {
    expect(faultyFiles('gateway')).toEqual(['page']);
  });

  /** The files of a layer that do not compile. */
  function faultyFiles(layer: string): readonly string[] {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', `src/${layer}`], {
      cwd: copy,
      encoding: 'utf8',
    });
    const files = Array.from(
      stdout.matchAll(/^src\/(\w+)\/(\w+)\.ts\(.*error TS/gmu),
      ([, , name = '']) => name,
    );
    return [...new Set(files)].toSorted();
  }
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function importsOf(file: string, folder = ''): readonly Import[] {
  const statements = read(join(folder, file)).matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/gmu,
  );
  return Array.from(statements, ([, from, bare]) => ({
    file,
    layer: layerOf(file),
    target: from ?? bare ?? '',
  }));
}

/** The layer of a path below `src`. */
function layerOf(path: string): string {
  return path.split(sep)[0] ?? '';
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}
