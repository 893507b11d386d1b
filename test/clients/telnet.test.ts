import { repositoryPath } from '../support/doc-page.ts';
import { describeRealClient, SESSION } from './real-client.ts';

describeRealClient({
  name: 'plain telnet',
  variable: 'HOLDFAST_TEST_TELNET',
  logsIn: false,
  acknowledges: true,
  hidesToken: false,
  setUp: ({ port }) => [repositoryPath('clients/telnet/holdfast-telnet'), '127.0.0.1', String(port), SESSION],
});
