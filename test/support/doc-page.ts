import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** A fenced block. After its language, words of its first line tell what tests do with it (see `Example`). */
export interface Fence {
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
}

/** One table: the heading above it, and its rows by the names of their columns. Marks of code are left out. */
export interface Table {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * An example that is compiled (`ts`) and, with `run`, run.
 *
 * `file=name.js` is what a reader would save it as, so that examples of one page can import each other; `run` runs it;
 * `gateway` runs a gateway beside it, with the demo world, and gives its WebSocket address as the argument. A fence
 * `text output` behind it is what it prints.
 */
export interface Example {
  readonly page: string;
  readonly file: string;
  readonly text: string;
  readonly isRun: boolean;
  readonly wantsGateway: boolean;
  readonly output: string | undefined;
}

/** A page of the documentation, taken apart. */
export class DocPage {
  /** From the repository's root. */
  readonly path: string;
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
  /** What `#…` in a link may be. */
  readonly anchors: ReadonlySet<string>;
  /** Where its links lead, as written. */
  readonly links: readonly string[];

  constructor(path: string) {
    this.path = path;
    const lines = readFileSync(new URL(path, ROOT), 'utf8').split('\n');
    const { fences, prose } = withoutFences(lines);
    this.fences = fences;
    this.tables = tablesOf(prose);
    this.anchors = anchorsOf(prose);
    this.links = prose.flatMap((line) => {
      return [...line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
        ([, target]) => target ?? '',
      );
    });
  }

  /** The table under this heading; there must be one. */
  table(heading: string): Table {
    const found = this.tables.find((table) => table.heading === heading);
    if (found === undefined) throw new Error(`${this.path} has no table under "${heading}"`);
    return found;
  }

  get examples(): readonly Example[] {
    return this.fences.flatMap(({ words, text }, index) => {
      const file = words.find((word) => word.startsWith('file='))?.slice('file='.length);
      if (file === undefined) return [];
      const next = this.fences[index + 1];
      return {
        page: this.path,
        file,
        text,
        isRun: words.includes('run'),
        wantsGateway: words.includes('gateway'),
        output: next?.words.includes('output') ? next.text : undefined,
      };
    });
  }
}

/** The path of a file of the repository. */
export function repositoryPath(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

function withoutFences(lines: readonly string[]): { fences: Fence[]; prose: string[] } {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open: { words: string[]; line: number; text: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    if (open === undefined && line.startsWith('```')) {
      open = { words: line.slice(3).trim().split(/\s+/), line: index + 1, text: [] };
    } else if (open !== undefined && line === '```') {
      const [language = '', ...words] = open.words;
      fences.push({ language, words, line: open.line, text: open.text.map((each) => `${each}\n`).join('') });
      open = undefined;
      prose.push('');
    } else if (open === undefined) prose.push(line);
    else open.text.push(line);
  }
  return { fences, prose };
}

function tablesOf(prose: readonly string[]): Table[] {
  const tables: Table[] = [];
  let heading = '';
  for (const [index, line] of prose.entries()) {
    const title = /^#+ (.*)$/.exec(line)?.[1];
    if (title !== undefined) heading = plain(title);
    if (!/^\|[\s|:-]+\|$/.test(line)) continue;
    const columns = cells(prose[index - 1] ?? '');
    const end = prose.findIndex((other, at) => at > index && !other.startsWith('|'));
    const rows = prose.slice(index + 1, end < 0 ? undefined : end).map((row) => {
      const texts = cells(row);
      return Object.fromEntries(columns.map((column, at) => [column, texts[at] ?? '']));
    });
    tables.push({ heading, columns, rows });
  }
  return tables;
}

function cells(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => plain(cell.trim()).replaceAll('\\|', '|'));
}

function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** As GitHub makes them: lower case, no punctuation, a hyphen for each space, a number behind what comes twice. */
function anchorsOf(prose: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose) {
    const title = /^#+ (.*)$/.exec(line)?.[1];
    if (title === undefined) continue;
    const slug = plain(title)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
