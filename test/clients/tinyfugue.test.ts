import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryPath } from '../support/doc-page.ts';
import { CHARACTER, describeRealClient, SESSION } from './real-client.ts';

describeRealClient({
  name: 'TinyFugue',
  variable: 'HOLDFAST_TEST_TINYFUGUE',
  logsIn: true,
  acknowledges: true,
  hidesToken: true,
  setUp({ program, home, port }) {
    const lines = [
      `/load ${repositoryPath('clients/tinyfugue/holdfast.tf')}`,
      `/addworld -Ttiny ${SESSION} ${CHARACTER.name} ${CHARACTER.password} 127.0.0.1 ${port}`,
    ];
    writeFileSync(join(home, '.tfrc'), `${lines.join('\n')}\n`, { mode: 0o600 });
    return [program, SESSION];
  },
});
