import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Build, builds } from '@clnrest/gateway/builds';
import { STARTED, startNodeWith, type TestNode } from '../support/node.ts';
import { initialise } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { freePort } from '@clnrest/testing';
import { missingForNode } from '../support/real-node.ts';
import { temporaryDirectory } from '@clnrest/testing';
import { pluginFile } from '../support/under-test.ts';

const missing = missingForNode();
let node: TestNode;

beforeAll(async () => {
  if (missing !== undefined) return;
  node = await startNodeWith({ plugin: 'none', ready: STARTED }, '--log-level=debug');
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
afterAll(() => node?.stop());

/** Starts the plugin in the running node. The options have no prefix here. */
async function start(build: Build, options: Readonly<Record<string, unknown>>): Promise<void> {
  const named = Object.entries(options).map(([name, value]) => [`${build.prefix}-${name}`, value]);
  const plugin = pluginFile(build);
  await node.rpc.call('plugin', {
    subcommand: 'start',
    plugin,
    ...Object.fromEntries(named),
  });
  onTestFinished(() =>
    node.rpc.call('plugin', { subcommand: 'stop', plugin }).then(() => undefined),
  );
}

/** The errors of the built-in plugin. Ours can be longer. */
const refusals: readonly [name: string, options: Record<string, unknown>, sentence: string][] = [
  ['no port', {}, '`P-port` option is not configured'],
  [
    'a privileged port',
    { port: 1000 },
    '`P-port` 1000, should be a valid available port between 1024 and 65535.',
  ],
  [
    'a port out of range',
    { port: 65536 },
    '`P-port` 65536, should be a valid available port between 1024 and 65535.',
  ],
  [
    'another protocol',
    { port: 3010, protocol: 'htttps' },
    '`P-protocol` can either be http or https.',
  ],
  ['an invalid host', { port: 3010, host: '127.0.0.12.15' }, '`P-host` should be a valid IP.'],
  [
    'a relative root',
    { port: 3010, 'swagger-root': 'doc' },
    '`P-swagger-root` must start with `/`',
  ],
];

/** The start of the logged URL, by options. */
const URLS: readonly [url: string, options: Record<string, unknown>][] = [
  ['https://127.0.0.1', {}],
  ['https://localhost', { host: 'localhost' }],
  ['http://127.0.0.1', { protocol: 'http' }],
  ['http://127.0.0.1', { protocol: 'HTTP' }],
];

/** Both builds check the options with the same code. Only the drop-in's errors must be those of the built-in plugin. */
const checked = [
  { build: builds.clnrest, prefix: 'clnrest', refused: refusals, urls: URLS },
  { build: builds.rest, prefix: 'rest', refused: refusals.slice(0, 2), urls: URLS.slice(0, 1) },
];

describe.each(checked)('the options of $prefix, in a node', ({ build, prefix, refused, urls }) => {
  test.each(refused)(
    "%s is rejected with the built-in plugin's error",
    async (_, options, text) => {
      const sentence = text.replace('P-', `${prefix}-`);
      const from = node.log.length;
      await expect(start(build, options)).rejects.toMatchObject({
        code: -3,
        message: expect.stringContaining(`: disabled itself at init: ${sentence}`),
      });
      const quoted = sentence.replace(/[.`]/g, '\\$&');
      await node.logged(
        new RegExp(`plugin-${prefix}: Killing plugin: disabled itself at init: ${quoted}`),
        from,
      );
      // The log shows a mistake, but not that the plugin has no port.
      const shown = node.log
        .slice(from)
        .filter((line) => new RegExp(`UNUSUAL +plugin-${prefix}: `).test(line));
      expect(shown.map((line) => line.includes(sentence))).toEqual('port' in options ? [true] : []);
      expect(await node.rpc.call('getinfo')).toMatchObject({ network: 'regtest' });
    },
  );

  test('a port in use is rejected', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    await expect(start(build, { port })).rejects.toMatchObject({
      message: expect.stringContaining(
        `\`${prefix}-port\` ${port}, should be a valid available port between 1024 and 65535.`,
      ),
    });
  });

  test.each(urls)('the plugin logs `REST server running at %s:PORT`, %j', async (url, options) => {
    const from = node.log.length;
    const port = await freePort();
    await start(build, { port, ...options });
    await node.logged(
      new RegExp(`INFO +plugin-${prefix}: REST server running at ${url}:${port}$`),
      from,
    );
  });

  test('and logs this when it accepts connections, not before', async () => {
    const directory = temporaryDirectory();
    const plugin = startPlugin(pluginFile(build), { cwd: directory });
    const port = await freePort();
    const logged = plugin.lightningd.logLine('info REST server running at');
    const answered = initialise(plugin, directory, { [`${prefix}-port`]: port });
    await logged;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    expect((await answered).init.result).toEqual({});
  });
});
