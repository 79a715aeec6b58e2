import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished, type TestContext } from 'vitest';

/** The first that is there: a shell without windows takes half as long. */
const BROWSERS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A page of a browser, and everything that went wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Errors on the console (violations of the policy are some), failures of scripts, requests to elsewhere. */
  readonly complaints: string[];
}

/** The widths that pages are looked at in; the phone is the narrowest that is still sold. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** What people have before them: every page must be good in each. No colour depends on the width. */
export const SIGHTS = [
  { name: 'light', colorScheme: 'light', viewport: DESKTOP },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: PHONE },
] as const;

/** One browser for all tests of a file: starting it is what takes long. */
let running: Promise<Browser> | undefined;

afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

/**
 * A tab of a headless browser with nothing remembered, which ends with the test; skips the test where there
 * is no browser.
 *
 * @param origin whom the page may ask: every other request is complained of
 */
export async function openTab(
  context: TestContext,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) return context.skip('chromium is not installed');
  // No name is resolved: pages work without a network.
  const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
  running ??= chromium.launch({ executablePath, args: ['--no-sandbox', offline] });
  const browser = await running;
  const own = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: DESKTOP,
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
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(asked)) {
      complaints.push(`asked ${asked}`);
    }
  });
  return { page, complaints };
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** What fades in has not its own colours yet. What pulses never ends. */
const SETTLED = `Promise.allSettled(
  document
    .getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished),
).then(() => undefined)`;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What keeps people from using the page as it stands, by axe: what is serious or critical, each with the
 * places where it is. The debugger evaluates it, whom no policy of the page binds.
 *
 * @param without parts of the page to leave out, as selectors
 */
export async function accessProblems(
  page: Page,
  without: readonly string[] = [],
): Promise<string[]> {
  await page.evaluate(SETTLED);
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const context = JSON.stringify({ include: ['html'], exclude: without });
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly: TAGS });
  const found: unknown = await page.evaluate(`axe.run(${context}, ${options})`);
  const { violations } = found as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** How many pixels of the page stand beyond its right edge: none should. */
export async function overhang(page: Page): Promise<number> {
  const root = 'document.documentElement';
  return Number(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`));
}
