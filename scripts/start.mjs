// `npm start -- <flags>`: makes the checkout ready, then is `holdfast serve <flags>`. One process, so that signals
// sent to it reach the gateway.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

prepare();
const main = join(root, 'dist/cli/main.js');
process.argv.splice(1, 1, main, 'serve');
await import(pathToFileURL(main).href);
