import { RpcError } from '@clnrest/lightningd';
import { visible } from '@clnrest/pages/visible';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { card, readText, restrictedRune } from '@clnrest/testing/runes-page';
import { post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode();

/** Returns the result of the node's checkrune in the page's format. */
async function checked(
  rune: string,
  method: string,
  params: string,
  nodeId: string,
): Promise<string> {
  try {
    await node().rpc.call('checkrune', {
      rune,
      method,
      ...(params === '' ? {} : { params: JSON.parse(params) as string[] }),
      ...(nodeId === '' ? {} : { nodeid: nodeId }),
    });
    return 'Allowed.';
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return `Refused. ${visible(error.message)}`;
  }
}

/** Returns the result on the page. */
async function resultOn(page: Page): Promise<string> {
  const verdict = await readText(card(page, 'Check a call').getByRole('status'));
  return verdict.replace(/^Allowed\..*$/, 'Allowed.');
}

interface Case {
  /** Restrictions as text. */
  readonly text: string;
  readonly calls: readonly (readonly [method: string, params?: string, nodeId?: string])[];
}

const NODE = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`;

const CASES: readonly Case[] = [
  {
    text: 'method^list|method=summary\nmethod/listdatastore',
    calls: [['listpeers'], ['listdatastore'], ['pay'], ['summary']],
  },
  {
    text: 'method=getlog\npnamelevel!|pnamelevel/io',
    calls: [
      ['getlog'],
      ['getlog', '{"level": "io"}'],
      ['getlog', '{"level": "debug"}'],
      ['getlog', '["io"]'],
    ],
  },
  {
    text: 'pnameamountmsat<5000\npnum<3',
    calls: [
      ['invoice', '{"amount_msat": 4999, "label": "a"}'],
      ['invoice', '{"amount_msat": 5000}'],
      ['invoice', '{"amount_msat": "4999"}'],
      ['invoice', '{"amount_msat": 1, "label": "a", "description": "b"}'],
      ['invoice'],
    ],
  },
  {
    text: 'parr0=a\\|b|parr0^"x',
    calls: [
      ['pay', '["a|b"]'],
      ['pay', '["x"]'],
      ['pay', '[]'],
    ],
  },
  { text: 'time<1\nrate=5', calls: [['getinfo']] },
  { text: 'time>1\ntime<4102444800', calls: [['getinfo']] },
  {
    text: `id=${NODE}|id!`,
    calls: [['getinfo'], ['getinfo', '', NODE], ['getinfo', '', `03${NODE.slice(2)}`]],
  },
  { text: 'bogus=1|bogus<x', calls: [['getinfo']] },
  { text: 'rate=0|per=1week|method=\\\\"é\u202e', calls: [['getinfo']] },
  { text: 'pinvbolt11_amount<5', calls: [['pay', '{"bolt11": "lnbc1nonsense"}'], ['pay']] },
];

describe('the page and the node have the same result', { timeout: 120_000 }, () => {
  test('for all kinds of restrictions', async (context) => {
    const { page, complaints } = await openTab(context, node().url);
    const unrestricted = await node().rune();
    for (const { text, calls } of CASES) {
      await page.goto(`${node().url}/runes`);
      await page.getByLabel('Rune or pairing link').fill(unrestricted);
      await page.getByText('Write restrictions as text').click();
      await page.getByLabel('Restrictions', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Add from text' }).click();
      const rune = await restrictedRune(page);
      for (const [method, params = '', nodeId = ''] of calls) {
        await page.getByLabel('Command', { exact: true }).last().fill(method);
        await page.getByLabel('Parameters (JSON').fill(params);
        await page.getByLabel('Requesting peer (').fill(nodeId);
        expect([text, method, params, await resultOn(page)]).toEqual([
          text,
          method,
          params,
          await checked(rune, method, params, nodeId),
        ]);
      }
    }
    expect(complaints).toEqual([]);
  });

  test('for an invoice, and for a use that is too soon', async (context) => {
    const { page } = await openTab(context, node().url);
    const made = { amount_msat: 5000, label: `page ${Date.now()}`, description: 'a "b" é' };
    const { bolt11 } = await node().rpc.call<{ bolt11: string }>('invoice', made);
    await page.goto(`${node().url}/runes`);
    await page.getByLabel('Rune or pairing link').fill(await node().rune());
    await page.getByText('Write restrictions as text').click();
    const add = async (text: string): Promise<void> => {
      await page.getByLabel('Restrictions', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Add from text' }).click();
    };
    await add('pinvbolt11_amount<5001\npinvbolt11_description^a');
    const params = JSON.stringify({ bolt11 });
    await page.getByLabel('Command', { exact: true }).last().fill('pay');
    await page.getByLabel('Parameters (JSON').fill(params);
    expect(await resultOn(page)).toBe('Allowed.');
    await page.getByRole('button', { name: 'Remove all added restrictions' }).click();
    await add('pinvbolt11_amount<5000');
    expect(await resultOn(page)).toBe(await checked(await restrictedRune(page), 'pay', params, ''));
    await page.getByRole('button', { name: 'Clear everything' }).click();

    await page.getByLabel('Rune or pairing link').fill(await node().rune(['per=1hour']));
    const rune = await restrictedRune(page);
    await page.getByLabel('Command', { exact: true }).last().fill('pay');
    await page.getByLabel('Parameters (JSON').fill(params);
    expect(await resultOn(page)).toBe(await checked(rune, 'pay', params, ''));
    await page.getByLabel('Last used').fill('1');
    expect(await resultOn(page)).toBe(await checked(rune, 'pay', params, ''));
    expect(await resultOn(page)).toBe('Refused. Not permitted: too soon');
  });
});

test(
  'the node accepts a rune that was restricted on the page',
  { timeout: 60_000 },
  async (context) => {
    const { page } = await openTab(context, node().url);
    await page.goto(`${node().url}/runes`);
    // The page suggests the node's commands.
    await expect.poll(() => page.locator('datalist#commands option').count()).toBeGreaterThan(20);
    await page.getByLabel('Rune or pairing link').fill(await node().rune());
    await page.getByRole('button', { name: 'Read only' }).click();
    await page.getByRole('button', { name: 'For one day' }).click();
    const rune = await restrictedRune(page);
    expect((await post(node(), '/v1/listpeers', rune, '{}')).status).toBe(201);
    expect((await post(node(), '/v1/invoice', rune, '{}')).json()).toMatchObject({
      code: 1502,
      message:
        'Not permitted: method does not start with list AND method does not start with get AND method is not equal to summary',
    });
  },
);

test(
  'a call is checked in the canonical form that the gateway sends',
  { timeout: 60_000 },
  async (context) => {
    const { page } = await openTab(context, node().url);
    await page.goto(`${node().url}/runes`);
    await page.getByLabel('Rune or pairing link').fill(await node().rune(['pnamelevel/io']));
    await page.getByLabel('Command', { exact: true }).last().fill('getlog');
    for (const params of [
      String.raw`{ "level" : "i\u006f" }`,
      '{"level": null}',
      '{ "level":"x" }',
    ]) {
      await page.getByLabel('Parameters (JSON').fill(params);
      const { status, text } = await post(node(), '/v1/getlog', await restrictedRune(page), params);
      const refusal =
        status === 401 ? (JSON.parse(text) as { message: string }).message : undefined;
      expect([params, await resultOn(page)]).toEqual([
        params,
        refusal === undefined ? 'Allowed.' : `Refused. ${refusal}`,
      ]);
    }
  },
);

test('a rune is restricted to a pasted peer', { timeout: 60_000 }, async (context) => {
  const { page, complaints } = await openTab(context, node().url);
  await page.goto(`${node().url}/runes`);
  await page.getByLabel('Rune or pairing link').fill(await node().rune());
  await page.getByText('Restrict to one peer').click();
  const input = page.getByLabel('Node id of the peer');
  const add = page.getByRole('button', { name: 'Allow only this peer' });

  await input.fill(NODE.slice(1));
  await add.click();
  const problem = card(page, 'Restrict the rune').getByRole('alert').filter({ visible: true });
  expect(await readText(problem)).toContain('This has 65 hex digits.');
  expect(await input.getAttribute('aria-invalid')).toBe('true');
  await input.fill(` "${NODE.toUpperCase()}@127.0.0.1:9735", `);
  await expect.poll(() => problem.count()).toBe(0);
  await input.press('Enter');

  const explained = await readText(card(page, 'What the rune allows'));
  expect(explained).toContain(`the id of the requesting peer is '${NODE}'`);
  expect(explained).toContain('only peers that use commando have an id');
  expect(await input.inputValue()).toBe('');
  const rune = await restrictedRune(page);
  const other = `03${NODE.slice(2)}`;
  await page.getByLabel('Command', { exact: true }).last().fill('getinfo');
  for (const peer of [NODE, other, '']) {
    await page.getByLabel('Requesting peer (').fill(peer === '' ? '' : `'${peer}@host'`);
    expect([peer, await resultOn(page)]).toEqual([peer, await checked(rune, 'getinfo', '', peer)]);
  }
  expect(await checked(rune, 'getinfo', '', NODE)).toBe('Allowed.');
  expect(complaints).toEqual([]);
});
