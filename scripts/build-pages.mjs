// The pages that the gateway serves are built by Vite, each only where one of its sources is newer than what was built.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What both pages are made of, beside their own folder. A folder counts too: one that lost a file is newer. */
const SHARED = ['web', 'src/client', 'src/protocol', 'src/core', 'package-lock.json'];

/** The names of the pages that are not built, or older than their sources. */
export function stalePages(root) {
  const web = join(root, 'web');
  if (!existsSync(web)) return [];
  const pages = readdirSync(web).filter((name) => existsSync(join(web, name, 'vite.config.ts')));
  const shared = Math.max(...SHARED.map((path) => newest(join(root, path), pages)));
  return pages.filter((page) => {
    const built = join(root, 'dist/web', page, 'index.html');
    return !existsSync(built) || statSync(built).mtimeMs < Math.max(shared, newest(join(web, page)));
  });
}

/** When the newest thing at or below a path was changed, in ms; 0 where there is none. */
function newest(path, except = []) {
  if (!existsSync(path)) return 0;
  const times = [statSync(path).mtimeMs];
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path)) {
      if (!except.includes(name) && name !== 'node_modules') times.push(newest(join(path, name)));
    }
  }
  return Math.max(...times);
}
