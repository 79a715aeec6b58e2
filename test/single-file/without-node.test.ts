import { describe, expect, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { missingForNode } from '../support/real-node.ts';
import { STARTED, startNodeWith } from '../support/node.ts';
import { temporaryDirectory } from '@clnrest/testing';
import { pluginFile, quoted, wrapper } from '../support/under-test.ts';

describe.each(Object.values(builds))('a node with $prefix and without Node', (build) => {
  const { prefix } = build;

  test('logs this and continues, although options of the plugin are set', async (context) => {
    const missing = missingForNode();
    if (missing !== undefined) context.skip(missing);
    const plugin = await wrapper(
      temporaryDirectory(),
      build,
      `CLNREST_NODE=/none exec ${quoted(pluginFile(build))} "$@"`,
    );
    const node = await startNodeWith(
      { build, plugin, ready: STARTED },
      '--rest-host=::1',
      '--log-level=debug',
    );
    try {
      const [line] = await node.logged(
        new RegExp(`UNUSUAL +plugin-${prefix}: Node.js .* is required.*`),
      );
      expect(line).toMatch(
        /Node\.js 20\.19 or newer is required, but \/none does not run: .*CLNREST_NODE to the path of node$/,
      );
      await node.logged(
        new RegExp(`plugin-${prefix}: Killing plugin: disabled itself at init: Node\\.js 20`),
      );
      const { plugins } = await node.rpc.call<{ plugins: { name: string }[] }>('plugin', ['list']);
      expect(plugins.filter(({ name }) => name === plugin)).toEqual([]);
      await expect(
        node.rpc.call('plugin', { subcommand: 'start', plugin, [`${prefix}-port`]: 3010 }),
      ).rejects.toMatchObject({
        code: -3,
        message: expect.stringMatching(
          /disabled itself at init: Node\.js 20\.19 or newer is required/,
        ),
      });
      expect(await node.rpc.call('getinfo')).toMatchObject({ network: 'regtest' });
    } finally {
      await node.stop();
    }
  });
});
