import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';

/** Browsers by preference: the headless shell starts twice as fast. */
const BROWSERS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A page of a browser and its errors. */
export interface Tab {
  readonly page: Page;
  /** Console errors (including policy violations), script errors, and requests to other origins. */
  readonly complaints: string[];
}

/** The viewports of the tests; the phone is the narrowest one still sold. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** The appearances that every page must support. Colours do not depend on the width. */
export const APPEARANCES = [
  { name: 'light', colorScheme: 'light', viewport: DESKTOP },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: PHONE },
] as const;

/** The browser of all test files of this process, because a start takes long. */
let running: Promise<Browser> | undefined;

async function launch(executablePath: string): Promise<Browser> {
  // Disables DNS: pages must work without a network.
  const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  const args = ['--no-sandbox', offline];
  const browser = await chromium.launch({ executablePath, args, handleSIGTERM: false });
  // Vitest ends its processes with this signal.
  process.once('SIGTERM', () => {
    void browser.close().finally(() => process.kill(process.pid, 'SIGTERM'));
  });
  return browser;
}

/**
 * Opens a tab of a headless browser with empty storage, which closes with the test. Skips the test if no browser is
 * installed.
 *
 * @param origin the only origin that the page may send requests to
 */
export async function openTab(
  context: TestContext,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) return context.skip('chromium is not installed');
  running ??= launch(executablePath);
  const browser = await running;
  const own = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: DESKTOP,
    // Each frame of an animation costs time.
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  onTestFinished(() => own.close());
  const page = await own.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)) {
      complaints.push(`requested ${url}`);
    }
  });
  return { page, complaints };
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Waits for animations that change colours, except endless ones. */
const SETTLED = `Promise.allSettled(
  document
    .getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished),
).then(() => undefined)`;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Returns the serious and critical accessibility problems that axe finds, each with its places. The debugger
 * evaluates axe, so the page's policy does not apply.
 *
 * @param within the selector of the part to check, by default the whole page
 */
export async function accessProblems(page: Page, within = 'html'): Promise<string[]> {
  await page.evaluate(SETTLED);
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(readFileSync(AXE, 'utf8'));
  const context = JSON.stringify({ include: [within] });
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly: TAGS });
  const found: unknown = await page.evaluate(`axe.run(${context}, ${options})`);
  const { violations } = found as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Returns by how many pixels the page is wider than its viewport; should be 0. */
export async function overhang(page: Page): Promise<number> {
  const root = 'document.documentElement';
  return Number(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`));
}
