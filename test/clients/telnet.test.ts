import { expect, it, onTestFinished } from 'vitest';
import { repositoryPath } from '../support/doc-page.ts';
import { GatewayProcess, temporaryFolder } from '../support/gateway-process.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';
import { describeRealClient, SESSION } from './real-client.ts';

const WRAPPER = repositoryPath('clients/telnet/holdfast-telnet');
const { HOLDFAST_TEST_TELNET, HOLDFAST_TEST_TMUX } = process.env;

describeRealClient({
  name: 'plain telnet',
  variable: 'HOLDFAST_TEST_TELNET',
  logsIn: false,
  acknowledges: true,
  hidesToken: false,
  setUp: ({ port }) => [WRAPPER, '127.0.0.1', String(port), SESSION],
});

it.skipIf(HOLDFAST_TEST_TELNET === undefined || HOLDFAST_TEST_TMUX === undefined)(
  'the wrapper of telnet ends when telnet is told to quit, and comes back the next time',
  async () => {
    const home = temporaryFolder();
    onTestFinished(() => home.remove());
    const gateway = await GatewayProcess.start(`${home.path}/data`);
    onTestFinished(() => gateway.kill());
    const start = async (): Promise<TmuxScreen> => {
      const screen = await TmuxScreen.start({
        command: [WRAPPER, '127.0.0.1', String(gateway.telnet)],
        cwd: home.path,
        environment: { HOME: home.path },
      });
      onTestFinished(() => screen.close());
      return screen;
    };
    const screen = await start();
    await screen.line('Ann');
    await screen.until('a token', (text) => /^reconnect h1[\w-]{54}$/m.test(text));
    // Ctrl-C is for the game, not for the wrapper.
    await screen.key('C-c');
    await screen.line('say here');
    await screen.sees('You say, "here');
    await screen.key('C-]');
    await screen.line('quit');
    await screen.ended();
    expect(await screen.text()).not.toContain('Welcome back.');
    const again = await start();
    await again.sees('Welcome back.');
  },
);
