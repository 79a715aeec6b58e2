import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { servePage } from '../support/seed-clients.ts';
import { allowed, commandNames, guideRunes } from './guide-runes.ts';

/** cross-fetch uses node-fetch on servers. node-fetch has no types. */
const fetch = createRequire(import.meta.url)('node-fetch') as typeof globalThis.fetch;

const NODE_ID = '02cb2e2d5a6c5b17fa67b1a883e2973c82e328fb9bd08b2b156a9e23820c87a490';

/** Fetches like its server, which trusts the base64 certificate of its form, and checks the response like its server. */
async function fetchJson(
  node: TestNode,
  rune: string,
  method: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const cert = readFileSync(node.caFile).toString('base64');
  const agent = new Agent({ ca: Buffer.from(cert, 'base64') });
  const headers = new Headers();
  headers.append('Content-Type', 'application/json');
  headers.append('Rune', rune);
  headers.append('nodeId', NODE_ID);
  headers.set('user-agent', 'StackerNews/dev (+https://stacker.news; ops@stacker.news)');
  // An option of node-fetch in addition to the standard.
  const own = { agent: () => agent, size: 256 * 1024, follow: 5 };
  const answer = await fetch(`${node.url}/v1/${method}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    ...own,
  });
  if (answer.status === 401 || answer.status === 403) throw new Error('permission required');
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  // The current version also accepts a charset parameter.
  expect(answer.headers.get('content-type')).toBe('application/json');
  const result = (await answer.json()) as Record<string, unknown>;
  expect(result).not.toHaveProperty('error');
  return result;
}

const newInvoice = (): object => ({
  label: randomBytes(16).toString('hex'),
  description: 'SN ☃',
  amount_msat: 1_000,
  expiry: 600,
});

describe('Stacker News', () => {
  const on = useBothBuilds('https');

  test.each(BUILDS)('receives and sends at %s', async (build) => {
    const [receiving = '', sending = ''] = await guideRunes(on(build), 'Stacker News');
    const made = await fetchJson(on(build), receiving, 'invoice', newInvoice());
    const { bolt11, payment_hash } = made;
    const bill = { bolt11, maxfee: '10000msat' };
    const paid = await fetchJson(on(build), sending, 'pay', bill);
    expect(paid).toMatchObject({ status: 'complete', amount_msat: 1_000 });
    const hash = { payment_hash };
    const { invoices } = await fetchJson(on(build), receiving, 'listinvoices', hash);
    expect(invoices).toMatchObject([{ status: 'paid', paid_at: expect.any(Number) as number }]);
    const { pays } = await fetchJson(on(build), sending, 'listpays', hash);
    expect(pays).toMatchObject([{ status: 'complete' }]);
  });

  test.each(BUILDS)('recognises a refusal by its status at %s', async (build) => {
    const [receiving = ''] = await guideRunes(on(build), 'Stacker News');
    const pay = fetchJson(on(build), receiving, 'pay', { bolt11: 'lnbcrt1' });
    await expect(pay).rejects.toThrow('permission required');
    const wrong = fetchJson(on(build), receiving, 'invoice', { label: 'l' });
    await expect(wrong).rejects.toThrow('500 Internal Server Error');
  });

  test("the guide's runes allow what it calls and nothing else", async () => {
    const receives = ['invoice', 'listinvoices'];
    const sends = ['bkpr-listbalances', 'listpays', 'pay'];
    const [receiving = '', sending = ''] = await guideRunes(on('rest'), 'Stacker News');
    const names = await commandNames(on('rest'), [...receives, ...sends]);
    expect(await allowed(on('rest'), receiving, names)).toEqual(receives);
    expect(await allowed(on('rest'), sending, names)).toEqual(sends);
  });

  test.for(BUILDS)('sends from a page of another origin at %s', async (build, context) => {
    const [, sending = ''] = await guideRunes(on(build), 'Stacker News');
    const { page } = await openTab(context, on(build).url);
    await page.goto(await servePage('<!doctype html><title>another origin</title>'));
    const { bolt11 } = await on(build).rpc.call<{ bolt11: string }>(
      'invoice',
      newInvoice() as never,
    );
    const received = await page.evaluate(
      async ({ url, rune, nodeId, body }) => {
        const headers = new Headers();
        headers.append('Content-Type', 'application/json');
        headers.append('Rune', rune);
        headers.append('nodeId', nodeId);
        const answer = await globalThis.fetch(`${url}/v1/pay`, { method: 'POST', headers, body });
        const type = answer.headers.get('content-type');
        return { ok: answer.ok, type, result: (await answer.json()) as unknown };
      },
      {
        url: on(build).url,
        rune: sending,
        nodeId: NODE_ID,
        body: JSON.stringify({ bolt11, maxfee: '10000msat' }),
      },
    );
    expect(received).toMatchObject({
      ok: true,
      type: 'application/json',
      result: { status: 'complete' },
    });
  });
});
