import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryPath } from '../support/doc-page.ts';
import { describeRealClient, LOGIN, SESSION } from './real-client.ts';

describeRealClient({
  name: 'TinTin++',
  variable: 'HOLDFAST_TEST_TINTIN',
  logsIn: true,
  acknowledges: true,
  hidesToken: true,
  setUp({ program, home, port }) {
    const lines = [
      `#READ {${repositoryPath('clients/tintin++/holdfast.tin')}}`,
      `#ALIAS {holdfast_login} {${LOGIN}}`,
      `#SESSION {${SESSION}} {127.0.0.1} {${port}}`,
    ];
    writeFileSync(join(home, 'ann.tin'), `${lines.join('\n')}\n`);
    return [program, '-G', 'ann.tin'];
  },
});
