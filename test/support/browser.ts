import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram, testPrograms } from '../../scripts/test-programs.mjs';

const PROGRAM = testPrograms.find(({ variable }) => variable === 'HOLDFAST_TEST_CHROMIUM');

/** Where Chromium is. Without it, tests in a browser are skipped: `describe.skipIf(CHROMIUM === undefined)`. */
export const CHROMIUM: string | undefined = PROGRAM && findProgram(PROGRAM);

// By this name this machine is one that is reached over plain HTTP, as any other: no secure context.
const INSECURE_HOST = '--host-resolver-rules=MAP insecure.test 127.0.0.1';

/** A real browser, without a window. Each `newContext` of it is a person with a storage of their own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? 'chromium',
    // A container's user is root, which Chromium's sandbox refuses, and its shared memory is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', INSECURE_HOST],
  });
}

/** What a page complains of, as it comes: console errors and warnings, uncaught errors, and files that it did not get. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** A second tab with a copy of this one's `sessionStorage`, as "duplicate tab" makes it. */
export async function duplicateTab(page: Page): Promise<Page> {
  const opened = page.context().waitForEvent('page');
  await page.evaluate('void window.open(location.href)');
  return opened;
}
