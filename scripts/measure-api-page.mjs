// Measures how fast the API page loads, each time in a browser with an empty profile:
//   node scripts/measure-api-page.mjs http://127.0.0.1:3010 7
// Compare processor times if other programs use the machine, too.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:3010', rounds = '7'] = process.argv.slice(2);
const executablePath = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

/** Runs in the page: notes when the list of commands and the first operation with its button are there. */
function watch() {
  globalThis.times = {};
  const note = () => {
    const { times } = globalThis;
    if (document.querySelector('.command-list a') !== null) times.list ??= performance.now();
    if (document.querySelector('.opblock.is-open .execute') !== null) {
      times.operation ??= performance.now();
    }
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
}

/** Returns the milliseconds from the start of the navigation, and the processor time of the page's main thread. */
async function load() {
  const profile = await mkdtemp(join(tmpdir(), 'clnrest-page-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ['--no-sandbox'],
    ignoreHTTPSErrors: true,
  });
  try {
    const [page] = context.pages();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.addInitScript(watch);
    await page.goto(`${url}/#/node/getinfo`);
    await page.waitForFunction(() => globalThis.times.operation !== undefined);
    const times = await page.evaluate(() => ({
      content: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      ...globalThis.times,
    }));
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
    return { ...times, processor: 1000 * seconds };
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

const loads = [];
for (let round = 0; round < Number(rounds); round++) loads.push(await load());
for (const name of ['content', 'list', 'operation', 'processor']) {
  const values = loads.map((each) => Math.round(each[name])).toSorted((a, b) => a - b);
  console.log(
    `${name}: median ${values[values.length >> 1]} ms, from ${values[0]} to ${values.at(-1)} ms`,
  );
}
