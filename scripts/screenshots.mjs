// Takes the screenshots of the pages in docs/screenshots, with a sandbox that runs a few payments: each page in light and
// dark mode, and in the width of a phone. Only times and keys differ between runs.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(root, 'packages/clnrest/bin/clnrest.js');
const pictures = join(root, 'docs/screenshots');
const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
);
const run = promisify(execFile);

const APPEARANCES = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
];

/** The address that the screenshots show: that of the tutorial. */
const SHOWN = '127.0.0.1:3010';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a sandbox in a temporary directory. */
async function startSandbox(port) {
  const directory = await mkdtemp(join(tmpdir(), 'clnrest-pictures-'));
  const where = [`--lightning-dir=${directory}`, '--regtest'];
  const rest = [`--rest-port=${port}`, '--rest-protocol=http'];
  const options = ['--alias=CALMOTTER', '--rgb=2c48b8', ...rest];
  const child = spawn(process.execPath, [command, 'sandbox', ...where, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('REST server running')) break;
    if (!/plugin-rest: .*port/.test(line)) continue;
    await stop();
    throw new Error(line);
  }
  child.stdout.resume();
  return {
    url: `http://${SHOWN}`,
    call: async (...words) => {
      const { stdout } = await run(process.execPath, [command, 'cli', ...where, ...words]);
      return JSON.parse(stdout);
    },
    stop,
  };
}

/** Makes payments and blocks. */
async function simulatePayments({ call }) {
  await call('dev-open-channel');
  await call('invoice', '250000', 'coffee', 'one coffee');
  await call('dev-pay-invoice', 'label=coffee');
  const { bolt11 } = await call('dev-peer-invoice', '1200000', 'a book');
  await call('pay', bolt11);
  await call('dev-mine', '1');
  await call('invoice', '12500000', 'bicycle', 'a bicycle, second hand');
  await call('dev-pay-invoice', 'label=bicycle');
}

/** Creates runes with names, a use and a revocation. */
async function createRunes({ call }) {
  const in40Days = Math.floor(Date.now() / 1000) + 40 * 86_400;
  const create = (...restrictions) => call('createrune', 'null', JSON.stringify(restrictions));
  const { unique_id: lost } = await create(['name#Lost phone'], ['method=pay', 'method=listpays']);
  await call('blacklistrune', lost);
  const till = [['method=invoice', 'method=waitinvoice'], [`time<${in40Days}`]];
  const { rune } = await create(['name#Till in the shop'], ...till);
  await call('checkrune', '-k', `rune=${rune}`, 'method=invoice');
  await create(['name#Statistics'], ['method^list', 'method=getinfo'], ['rate=60']);
}

/** Prepares each page for its screenshot. */
const VIEWS = {
  api: async (page, { url }) => {
    await page.goto(`${url}/#/invoices/invoice`);
    await page.locator('.opblock.is-open .execute').waitFor();
    // Swagger UI scrolls to the operation.
    await page.waitForTimeout(1_000);
  },
  runes: async (page, { url }, { narrow }) => {
    await page.goto(`${url}/runes#rune=${encodeURIComponent(narrow)}`);
    await page.getByRole('button', { name: 'For one day' }).click();
    await page.getByLabel('Command', { exact: true }).last().fill('stop');
    await page.getByText('Not permitted').waitFor();
    await page.evaluate(() => {
      document.activeElement.blur();
      // Scroll to the answer on a wide screen.
      const part = innerWidth > 600 ? 'section' : 'header';
      scrollTo(0, document.querySelector(part).getBoundingClientRect().top + scrollY - 16);
    });
  },
  'rune-management': async (page, node, { wide }) => {
    await createRunes(node);
    await page.goto(`${node.url}/runes#manage`);
    await page.getByLabel('Rune that allows managing runes').fill(wide);
    await page.getByRole('button', { name: 'Show the runes' }).click();
    await page.evaluate(() => {
      document.activeElement.blur();
      const top = innerWidth > 600 ? '#session' : '#listing';
      scrollTo(0, document.querySelector(top).getBoundingClientRect().top + scrollY - 16);
    });
  },
  events: async (page, node, { wide }) => {
    await page.goto(`${node.url}/events#rune=${encodeURIComponent(wide)}`);
    await page.getByText(/Connected since/).waitFor();
    await simulatePayments(node);
    const paid = page.locator('.event', { hasText: 'invoice_payment' });
    await paid.nth(1).waitFor();
    await paid.first().locator('summary').click();
    await page.mouse.move(0, 0);
  },
  methods: async (page, { url }) => {
    await page.goto(`${url}/v1/list-methods`);
  },
};

async function takePictures({ browser, port }, view, { name, ...appearance }) {
  const node = await startSandbox(port);
  const context = await browser.newContext({
    ...appearance,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    const { rune: wide } = await node.call('createrune');
    const restrictions = '[["method^list","method=getinfo"],["rate=60"]]';
    const { rune: narrow } = await node.call('createrune', 'null', restrictions);
    await VIEWS[view](page, node, { wide, narrow });
    await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished)));
    await page.screenshot({ path: join(pictures, `${view}-${name}.png`) });
    console.log(`docs/screenshots/${view}-${name}.png`);
  } finally {
    await context.close();
    await node.stop();
  }
}

const executablePath = browsers.find((path) => existsSync(path));
if (executablePath === undefined) throw new Error('chromium is not installed');
await mkdir(pictures, { recursive: true });
const port = await freePort();
// Another node can use the port that the screenshots show, so the browser connects to a free one instead.
const [host] = SHOWN.split(':');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', `--host-resolver-rules=MAP ${host} ${host}:${port}`],
});
const selected = process.argv.slice(2);
for (const view of Object.keys(VIEWS)) {
  if (selected.length > 0 && !selected.includes(view)) continue;
  for (const appearance of APPEARANCES) await takePictures({ browser, port }, view, appearance);
}
await browser.close();
