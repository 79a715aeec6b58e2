import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import * as commando from '@clnrest/commando';
import { openTab } from '@clnrest/testing/browser';
import { type CommandoNode, startCommandoNode } from '../support/commando-node.ts';
import { missingForNode } from '../support/real-node.ts';
import { type CallSetting, makeCalls } from './calls.ts';

const missing = missingForNode();
const identity = commando.createIdentity();
const INVOICES = 10;
const DESCRIPTION_LENGTH = 500_000;

/** The node that all tests share. */
let node: CommandoNode;
let setting: Omit<CallSetting, 'address'>;

async function bundleForPages(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export * from '@clnrest/commando'",
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'commando',
    conditions: ['@clnrest/source'],
  });
  return outputFiles[0]?.text ?? '';
}

/** Opens a page that has the library. */
async function openPage(context: TestContext): Promise<Page> {
  const { page } = await openTab(context, 'http://127.0.0.1');
  await page.setContent('<!doctype html><title>peer</title>');
  await page.addScriptTag({ content: await bundleForPages() });
  return page;
}

/** In the page: leaves a call that waits in the global `state`. It uses nothing but its arguments. */
async function startWaiting(
  { CommandoClient }: typeof commando,
  options: { readonly address: string; readonly rune: string },
): Promise<void> {
  const client = new CommandoClient(options);
  await client.call('getinfo');
  const waiting = client
    .call('waitanyinvoice', { lastpay_index: 10_000 })
    .catch(({ code, mayHaveRun }: { code: string; mayHaveRun: boolean }) => ({ code, mayHaveRun }));
  // lightningd reads nothing else from a peer while its command waits.
  const other = new CommandoClient(options);
  await other.call('getinfo');
  other.close();
  Object.assign(globalThis, { state: { client, waiting } });
}

/** What the calls return, everywhere. */
function expected(privateKeyId: string) {
  const refusal = (message: string) => ({
    code: 'rune_not_permitted',
    nodeCode: 19_537,
    message: `Invalid rune: Not permitted: ${message}`,
    mayHaveRun: false,
  });
  return {
    isNode: true,
    refused: refusal('method is not equal to getinfo'),
    isListed: true,
    refusedOther: refusal(`id is not equal to ${privateKeyId}`),
    allOfNode: true,
    largeBytes: expect.any(Number) as number,
    items: INVOICES,
    left: expect.objectContaining({ code: 'cancelled', mayHaveRun: true }) as unknown,
    disconnected: expect.objectContaining({ code: 'cancelled', mayHaveRun: true }) as unknown,
    stillServed: true,
  };
}

describe.skipIf(missing !== undefined)('a remote peer', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    node = await startCommandoNode();
    const description = 'd'.repeat(DESCRIPTION_LENGTH);
    for (let label = 0; label < INVOICES; label++) {
      await node.rpc.call('invoice', { amount_msat: 1, label, description, deschashonly: true });
    }
    setting = {
      nodeId: node.id,
      all: await node.rune(),
      getinfo: await node.rune(['method=getinfo']),
      restricted: await node.rune([`id=${identity.nodeId}`], ['method=listpeers']),
      privateKey: identity.privateKey,
    };
  });
  afterAll(() => node.stop());

  test.each(['tcp', 'webSocket'] as const)('in Node makes all calls over %s', async (kind) => {
    const results = await makeCalls(commando, { ...setting, address: node[kind] });
    expect(results).toEqual(expected(identity.nodeId));
    expect(results.largeBytes).toBeGreaterThan(INVOICES * DESCRIPTION_LENGTH);
  });

  test('in Chromium makes all calls over a WebSocket', async (context) => {
    const page = await openPage(context);
    const argument = JSON.stringify({ ...setting, address: node.webSocket });
    const results: unknown = await page.evaluate(`(${makeCalls})(commando, ${argument})`);
    expect(results).toEqual(expected(identity.nodeId));
    const tcp = `new commando.CommandoClient({ address: '${node.tcp}', rune: 'a' })`;
    const refused: unknown = await page.evaluate(`${tcp}.call('getinfo').catch(String)`);
    expect(refused).toContain('Browsers cannot open TCP connections');
  });

  test('in Chromium goes on after a restart of the node', async (context) => {
    const page = await openPage(context);
    const argument = JSON.stringify({ address: node.webSocket, rune: setting.all });
    await page.evaluate(`(${startWaiting})(commando, ${argument})`);
    await node.restart();
    expect(await page.evaluate('(({ waiting }) => waiting)(state)')).toEqual({
      code: 'connection_failed',
      mayHaveRun: true,
    });
    const again = "state.client.call('getinfo').then(({ id }) => id)";
    expect(await page.evaluate(again)).toBe(node.id);
  });

  test.each(['tcp', 'webSocket'] as const)(
    'goes on after a restart of the node, over %s',
    async (kind) => {
      const client = new commando.CommandoClient({ address: node[kind], rune: setting.all });
      await client.call('getinfo');
      const waiting = client
        .call('waitanyinvoice', { lastpay_index: 10_000 })
        .catch((error: unknown) => error);
      // lightningd reads nothing else from a peer while its command waits.
      const other = new commando.CommandoClient({ address: node[kind], rune: setting.all });
      await other.call('getinfo');
      other.close();
      await node.restart();
      expect(await waiting).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
      expect((await client.call('getinfo')).id).toBe(node.id);
      client.close();
    },
  );
});
