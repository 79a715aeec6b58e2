import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { RpcError } from '@clnrest/lightningd';
import { afterAll, describe, expect, test } from 'vitest';
import { STARTED } from '../support/node.ts';
import { useNodeWith } from '../support/use-node.ts';

/**
 * Compares the plugin library with lightningd: its commands have copies in a plugin, with the same declarations. With
 * `--developer`, lightningd returns the invalid token, as the library always does.
 */
const directory = mkdtempSync(join(tmpdir(), 'clnrest-plugin-library-'));
const file = join(directory, 'copies.mjs');
buildSync({
  stdin: {
    contents: `
      import { Plugin } from '@clnrest/lightningd';
      import {
        bool, defaulted, hash, label, msat, nodeId, optional, required, string, u32, u64,
      } from '@clnrest/lightningd/parameters';
      const plugin = new Plugin();
      console.log('an early line');
      const copy = (name, parameters) =>
        plugin.command({ name: 'copy-' + name, parameters, run: () => ({}) });
      copy('delinvoice', { label: required(label), status: required(string), desconly: defaulted(bool, false) });
      copy('listsendpays', {
        bolt11: optional(string), payment_hash: optional(hash), status: optional(string),
        index: optional(string), start: optional(u64), limit: optional(u32),
      });
      copy('ping', { id: required(nodeId), len: optional(u32), pongbytes: optional(u32) });
      void plugin.run();`,
    resolveDir: import.meta.dirname,
    loader: 'ts',
  },
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@clnrest/source'],
  banner: { js: `#!${process.execPath}` },
});
chmodSync(file, 0o755);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const node = useNodeWith({ plugin: 'none', ready: STARTED }, `--plugin=${file}`, '--developer');

/** The error of a call; undefined if it succeeds. */
async function errorOf(method: string, params: string): Promise<unknown> {
  try {
    await node().rpc.call<unknown>(method, params);
    return undefined;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { code: error.code, message: error.message };
  }
}

describe('declared parameters', () => {
  test.each([
    ['delinvoice', '{}'],
    ['delinvoice', '[]'],
    ['delinvoice', '["a"]'],
    ['delinvoice', '{"label":"a"}'],
    ['delinvoice', '{"status":"paid"}'],
    ['delinvoice', '[null, "paid"]'],
    ['delinvoice', '[["a"], "paid"]'],
    ['delinvoice', '["a", "paid", "true"]'],
    ['delinvoice', '{"label":"a","status":"paid","desconly":1}'],
    ['delinvoice', '["a", "paid", true, 4]'],
    ['delinvoice', '{"label":"a","status":"paid","other":1}'],
    ['delinvoice', '{"label":"a","label":"b","status":"paid"}'],
    ['listsendpays', '{"payment_hash":"00"}'],
    ['listsendpays', '{"payment_hash":"zz"}'],
    ['listsendpays', '{"start":"-x","index":"created"}'],
    ['listsendpays', '{"start":"x","index":"created"}'],
    ['listsendpays', '{"start":18446744073709551616,"index":"created"}'],
    ['listsendpays', '{"limit":4294967296,"index":"created","start":0}'],
    ['listsendpays', '{"limit":1.5}'],
    ['ping', '["02"]'],
    ['ping', '{"id":5}'],
    ['ping', '{"id":"020000000000000000000000000000000000000000000000000000000000000005"}'],
  ])('%s %s has the same error', async (method, params) => {
    const own = await errorOf(method, params);
    expect(own).toBeDefined();
    expect(await errorOf(`copy-${method}`, params)).toEqual(own);
  });

  test('have the usage of lightningd', async () => {
    const usage = async (command: string) => {
      const { help } = await node().rpc.call<{ help: { command: string }[] }>('help', { command });
      return help[0]?.command.split(' ').slice(1);
    };
    for (const name of ['delinvoice', 'listsendpays', 'ping']) {
      expect(await usage(`copy-${name}`)).toEqual(await usage(name));
    }
  });
});

test('a line that the plugin writes before run() reaches the log', async () => {
  await node().logged(/plugin-copies\.mjs: an early line$/);
});
