import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A page of a headless browser that ends with the test; skips the test where there is none. */
export async function openPage(context: TestContext): Promise<Page> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) return context.skip('chromium is not installed');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  return browser.newPage();
}
