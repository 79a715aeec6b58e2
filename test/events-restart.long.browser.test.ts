import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { expect, onTestFinished, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { freePort } from '@clnrest/testing';
import { openTab } from '@clnrest/testing/browser';
import { startSandboxProcess } from './support/sandbox-node.ts';
import { pluginFile } from './support/under-test.ts';

test(
  '/events waits while the node is down, and reconnects after its restart',
  { timeout: 90_000 },
  async (context) => {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-restart-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const plugin = `--plugin=${pluginFile(builds.rest)}`;
    const options = [plugin, `--rest-port=${await freePort()}`, '--rest-protocol=http'];
    const start = async () => {
      const node = await startSandboxProcess(directory, options);
      onTestFinished(() => node.stop());
      const [, url = ''] = await node.process.line(/REST server running at (\S+)/);
      const rpc = new RpcClient({ socketPath: node.socketPath });
      onTestFinished(() => rpc.close());
      return { node, url, rpc };
    };
    const first = await start();
    const { rune } = await first.rpc.call<{ rune: string }>('createrune');
    const { page } = await openTab(context, first.url);
    await page.goto(`${first.url}/events#rune=${rune}`);
    await page.getByText(/^Connected since/).waitFor();
    await first.rpc.call('invoice', ['1000', 'before', 'd']);
    await page.locator('.event', { hasText: 'label before' }).waitFor();
    await first.node.process.stop('SIGKILL');
    await page.getByText(/^Reconnecting in \d+ s: The connection broke/).waitFor();
    // It is this page's own server: no rule about other pages' can be what is wrong.
    await page.getByText(/^Reconnecting in \d+ s: Cannot connect to the server$/).waitFor();
    const second = await start();
    await page.getByText(/^Connected since/).waitFor();
    await second.rpc.call('invoice', ['1000', 'after', 'd']);
    await page.locator('.event', { hasText: 'label after' }).waitFor();
    expect(await page.locator('.event .topic').allInnerTexts()).toContain('invoice_creation');
    expect(await page.locator('.event', { hasText: 'label before' }).count()).toBe(1);
  },
);
