import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, guideRunes } from './guide-runes.ts';
import { responseToRecorded } from './wire.ts';

/** Headers of Go's HTTP client, which sorts them. The content type is JSON even without a body. */
const HEAD = `
Host: <host>
User-Agent: Go-http-client/1.1
Content-Length: <length>
Accept: application/json
Content-Type: application/json
Rune: <rune>
Accept-Encoding: gzip
`;
const CALLED = ['getinfo', 'invoice', 'listinvoices', 'listpays', 'pay', 'waitinvoice'];

/** Posts like gonuts. The body is JSON text, since a label is a number of up to 19 digits. */
async function post(
  node: TestNode,
  rune: string,
  method: string,
  body = '',
): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await responseToRecorded(node, { method, rune, head: HEAD, body });
  const data = JSON.parse(text) as Record<string, unknown>;
  if (status === 200 || status === 201) return data;
  // gonuts decodes an integer and a string, and loses the error if that fails.
  expect(data).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
  expect(Number.isInteger(data['code'])).toBe(true);
  throw new Error(String(data['message']));
}

const newLabel = (): string => `8${Math.random().toFixed(18).slice(2)}`;

const newInvoice = (label: string): string =>
  `{"amount_msat":10000,"description":"Cashu \\u003c\\u0026","expiry":600,"label":${label}}`;

describe('gonuts', () => {
  const on = useBothBuilds('https');
  const mint = async (node: TestNode): Promise<string> => {
    const [rune = ''] = await guideRunes(node, 'gonuts');
    return rune;
  };

  describe.each(BUILDS)('at %s', (build) => {
    test('checks whether the node is reachable', async () => {
      const info = await post(on(build), await mint(on(build)), 'getinfo');
      expect(info).toHaveProperty('network', 'regtest');
    });

    test('waits for one invoice without a timeout, by a numeric label', async () => {
      const rune = await mint(on(build));
      const label = newLabel();
      const made = await post(on(build), rune, 'invoice', newInvoice(label));
      const { bolt11, payment_hash } = made;
      const hash = JSON.stringify({ payment_hash });
      const { invoices } = await post(on(build), rune, 'listinvoices', hash);
      // The gateway did not round the number.
      expect(invoices).toMatchObject([{ label, description: 'Cashu <&', status: 'unpaid' }]);
      const waiting = post(on(build), rune, 'waitinvoice', JSON.stringify({ label }));
      const bill = { bolt11, maxfee: 1_000 };
      expect(await post(on(build), rune, 'pay', JSON.stringify(bill))).toMatchObject({
        status: 'complete',
      });
      expect(await waiting).toMatchObject({ status: 'paid', payment_hash, amount_msat: 10_000 });
      const { pays } = await post(on(build), rune, 'listpays', hash);
      expect(pays).toMatchObject([{ status: 'complete' }]);
    });

    test('reads an error, flat and with an integer', async () => {
      const rune = await mint(on(build));
      await expect(post(on(build), rune, 'invoice', '{}')).rejects.toThrow(
        'missing required parameter: amount_msat',
      );
      await expect(post(on(build), rune, 'withdraw', '{}')).rejects.toThrow(/^Not permitted: /);
    });
  });

  test("the guide's rune allows what it calls and nothing else", async () => {
    const names = await commandNames(on('rest'), CALLED);
    expect(await allowed(on('rest'), await mint(on('rest')), names)).toEqual(CALLED);
  });
});
