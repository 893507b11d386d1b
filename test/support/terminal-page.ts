import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { complaintsOf } from './browser.ts';
import { PATIENCE_MS } from './until.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium says so itself when there is nobody to connect to, and no page can keep it from that. */
const NO_CONNECTION = /^WebSocket connection to '\S+' failed/;

/** The player's page as its player has it: what stands there, and what can be typed and pressed. */
export class TerminalPage {
  readonly page: Page;
  readonly #complaints: readonly string[];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    this.#complaints = complaintsOf(page);
  }

  static async open(context: BrowserContext, port: number): Promise<TerminalPage> {
    const terminal = new TerminalPage(await context.newPage());
    await terminal.page.goto(`http://127.0.0.1:${port}/`);
    return terminal;
  }

  /** What the page complained of, but for connections that could not be made. */
  get complaints(): readonly string[] {
    return this.#complaints.filter((complaint) => !NO_CONNECTION.test(complaint));
  }

  /** Types a line into the command line, which has the focus, and sends it. */
  async enter(line: string): Promise<void> {
    await this.page.locator('#line').fill(line);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for a line that has this text. */
  async sees(text: string): Promise<void> {
    const line = this.page.locator('.line', { hasText: text }).last();
    await line.waitFor({ state: 'attached' }).catch(async (error: unknown) => {
      const seen = (await this.lines()).slice(-20).join('\n');
      throw new Error(`did not see ${JSON.stringify(text)}, but:\n${seen}`, { cause: error });
    });
  }

  /** Waits for this state of the connection. */
  async says(status: string | RegExp): Promise<void> {
    await this.page.locator('#status-text', { hasText: status }).waitFor();
  }

  /** Every line, without the page's own remarks where `kind` is `text`. */
  lines(kind?: 'text' | 'note' | 'away' | 'gap'): Promise<string[]> {
    return this.page.locator(kind === undefined ? '.line' : `.line.${kind}`).allTextContents();
  }

  /** The lines that have the mark of what was missed. */
  missed(): Promise<string[]> {
    return this.page.locator('.line.missed').allTextContents();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Does not wait for the next attempt, which may come by itself in this moment, and be the one that succeeds. */
  async tryNow(): Promise<void> {
    const button = this.page.getByRole('button', { name: 'Try now', exact: true });
    await Promise.race([button.click(), this.says(/^(?:Connected|You have logged out)/)]);
  }

  async choose(item: string): Promise<void> {
    await this.press('Menu');
    await this.page.locator('#menu').getByText(item).click();
  }

  /** What axe finds wrong with the page as it stands, for people with disabilities. */
  async barriers(): Promise<readonly string[]> {
    await this.page.evaluate(`if (!globalThis.axe) { ${AXE} }`);
    // What moves is looked at when it stands.
    const found = await this.page.evaluate<readonly string[]>(`
      Promise.all(document.getAnimations().map(a => a.effect?.getTiming().iterations === Infinity || a.finished))
        .then(() => axe.run({ resultTypes: ['violations'] }))
        .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
          id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))
    `);
    return found;
  }
}
