import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ClnrestClient, type ClnrestError } from '@clnrest/client';
import type * as client from '@clnrest/client';
import { build as bundle } from 'esbuild';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { type BuildName, BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { servePage } from '../support/seed-clients.ts';

/** The command that a subscriber's rune must allow. */
const LISTEN: Record<BuildName, string> = {
  rest: 'method=getinfo',
  clnrest: 'method=listclnrest-notifications',
};
const LARGE = 9_007_199_254_740_993n;

const runeFor = (node: TestNode, build: BuildName): Promise<string> =>
  node.rune([LISTEN[build], 'method=invoice', 'method^list', 'method=waitanyinvoice']);

/** Creates invoices until the subscriber receives one, since it does not receive earlier notifications. */
function untilHeard(node: TestNode, label: string): () => void {
  let made = 0;
  const making = setInterval(() => {
    node.rpc.call('invoice', ['any', `${label} ${++made}`, 'd']).catch(() => undefined);
  }, 100);
  const stop = (): void => clearInterval(making);
  onTestFinished(stop);
  return stop;
}

describe('our own client', { timeout: 60_000 }, () => {
  const on = useBothBuilds('https');

  test.each(BUILDS)('supports all functions in Node, with %s', async (build) => {
    const { url, caFile } = on(build);
    const rune = await runeFor(on(build), build);
    const own = new ClnrestClient({ url, rune, ca: readFileSync(caFile) });
    onTestFinished(() => own.close());

    const label = `our own ${randomUUID()}`;
    await own.call('invoice', { amount_msat: LARGE, label, description: 'd' });
    const { invoices } = await own.call('listinvoices', { label });
    expect(invoices).toMatchObject([{ amount_msat: LARGE }]);
    const labels: string[] = [];
    for await (const item of own.items<{ label: string }>('listinvoices', 'invoices')) {
      labels.push(item.label);
    }
    expect(labels).toContain(label);

    const refused = own.call('stop').catch((error: ClnrestError) => error);
    expect(await refused).toMatchObject({
      code: 'rune_not_permitted',
      status: 401,
      nodeCode: 1502,
      mayHaveRun: false,
    });
    const leaving = { signal: AbortSignal.timeout(200) };
    const left = own.call('waitanyinvoice', { lastpay_index: 999 }, leaving);
    await expect(left).rejects.toMatchObject({ code: 'cancelled', mayHaveRun: true });

    const stop = untilHeard(on(build), label);
    for await (const received of own.notifications({ topics: ['invoice_creation'] })) {
      expect(received).toMatchObject({ type: 'notification', topic: 'invoice_creation' });
      break;
    }
    stop();
  });

  test.for(BUILDS)(
    'supports all functions of a browser in a page of another origin, at %s',
    async (build, context) => {
      const { page } = await openTab(context, on(build).url);
      await openWithClient(page);
      const label = `from a page ${randomUUID()}`;
      const rune = await runeFor(on(build), build);
      const stop = untilHeard(on(build), label);
      const seen = await page.evaluate(inThePage, { url: on(build).url, rune, label });
      stop();
      expect(seen).toEqual({
        amount: String(LARGE),
        labels: expect.arrayContaining([label]) as string[],
        refused: ['rune_not_permitted', 401, 1502, false],
        left: ['cancelled', true],
        received: ['notification', 'invoice_creation'],
      });
    },
  );
});

/** Opens a page of another origin with the library as `clnrest`. */
async function openWithClient(page: Page): Promise<void> {
  const { outputFiles } = await bundle({
    stdin: {
      contents: "export * from '@clnrest/client'",
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'clnrest',
    conditions: ['@clnrest/source'],
  });
  await page.goto(await servePage('<!doctype html><title>another origin</title>'));
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
}

/** A global of the page. */
declare const clnrest: typeof client;

async function inThePage({ url, rune, label }: Record<'url' | 'rune' | 'label', string>) {
  const own = new clnrest.ClnrestClient({ url, rune });
  const amount = clnrest.parseJson('9007199254740993') as bigint;
  await own.call('invoice', { amount_msat: amount, label, description: 'd' });
  const { invoices } = await own.call('listinvoices', { label });
  const labels: string[] = [];
  for await (const item of own.items<{ label: string }>('listinvoices', 'invoices')) {
    labels.push(item.label);
  }
  const refused = await own
    .call('stop')
    .catch((error: ClnrestError) => [error.code, error.status, error.nodeCode, error.mayHaveRun]);
  const leaving = { signal: AbortSignal.timeout(200) };
  const left = await own
    .call('waitanyinvoice', { lastpay_index: 999 }, leaving)
    .catch((error: ClnrestError) => [error.code, error.mayHaveRun]);
  let received: unknown;
  for await (const one of own.notifications({ topics: ['invoice_creation'] })) {
    received = [one.type, one.type === 'notification' ? one.topic : ''];
    break;
  }
  return { amount: String(invoices[0]?.amount_msat), labels, refused, left, received };
}
