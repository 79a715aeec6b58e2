import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { runSync } from '@clnrest/testing/programs';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SERVING } from '../support/node.ts';
import { missingForNode, startBitcoind, startLightningdWith } from '../support/real-node.ts';

/** The installation, upgrade and rollback of docs/reference/releases.md, as lightningd sees them. */
const ROOT = new URL('../..', import.meta.url).pathname;
const COMMAND = join(ROOT, 'packages/clnrest/bin/clnrest.js');
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

beforeEach((context) => {
  const missing = missingForNode();
  if (missing !== undefined) context.skip(missing);
});

test('lightningd loads the installed plugin, and after an upgrade only the new one', async () => {
  const bitcoind = await startBitcoind();
  onTestFinished(() => bitcoind.stop());
  const lightningDir = temporaryDirectory();
  const plugins = join(lightningDir, 'plugins');
  writeFileSync(join(lightningDir, 'config'), `rest-port=${await freePort()}\n`);
  const rpc = new RpcClient({ socketPath: join(lightningDir, 'regtest/lightning-rpc') });
  onTestFinished(() => rpc.close());

  /** Starts the node, which returns its plugins in this folder, and stops it. */
  const pluginsOfNode = async (meanwhile?: () => void): Promise<string[]> => {
    const node = await startLightningdWith(bitcoind, lightningDir, []);
    onTestFinished(() => node.stop());
    await node.process.line(SERVING);
    meanwhile?.();
    const { plugins: all } = await rpc.call<{ plugins: { name: string }[] }>('plugin', {
      subcommand: 'list',
    });
    await node.stop();
    return all.filter(({ name }) => name.startsWith(plugins)).map((p) => p.name);
  };
  const install = (): void =>
    void runSync(process.execPath, [COMMAND, 'install-plugin', `--lightning-dir=${lightningDir}`]);

  const current = readFileSync(join(ROOT, 'dist/rest'), 'latin1');
  const older = current.replaceAll(VERSION, '0.0.9');
  mkdirSync(plugins);
  writeFileSync(join(plugins, 'rest'), older, 'latin1');
  chmodSync(join(plugins, 'rest'), 0o755);
  expect(await pluginsOfNode(install)).toEqual([join(plugins, 'rest')]);
  expect(readFileSync(join(plugins, 'rest'), 'latin1')).toBe(current);
  expect(await pluginsOfNode()).toEqual([join(plugins, 'rest')]);

  runSync('install', ['--mode=755', join(plugins, 'rest~'), join(plugins, 'rest')]);
  expect(readFileSync(join(plugins, 'rest'), 'latin1')).toBe(older);
  expect(await pluginsOfNode()).toEqual([join(plugins, 'rest')]);
});
