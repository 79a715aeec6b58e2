import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, commands, guideRunes } from './guide-runes.ts';

const CALLED = commands(`
  decode fetchinvoice getinfo invoice listfunds listinvoices listoffers offer pay
`);

/** Posts like LNI: always an object, without undefined members, with amounts as text. */
async function postJson(
  node: TestNode,
  rune: string,
  method: string,
  json: object = {},
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(new URL(`v1/${method}`, `${node.url}/`), {
    method: 'POST',
    headers: new Headers({ rune, 'content-type': 'application/json' }),
    body: JSON.stringify(json),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

describe('LNI', () => {
  const on = useBothBuilds('http');
  const wallet = async (node: TestNode): Promise<string> => {
    const [rune = ''] = await guideRunes(node, 'LNI');
    return rune;
  };

  describe.each(BUILDS)('at %s', (build) => {
    test('sends two requests at once', async () => {
      const rune = await wallet(on(build));
      const [info, funds] = await Promise.all([
        postJson(on(build), rune, 'getinfo'),
        postJson(on(build), rune, 'listfunds'),
      ]);
      expect(info).toHaveProperty('network', 'regtest');
      expect(funds).toHaveProperty('channels', []);
    });

    test('creates an invoice and pays it, with amounts as text', async () => {
      const rune = await wallet(on(build));
      const label = `lni.${randomUUID()}`;
      const made = await postJson(on(build), rune, 'invoice', {
        description: '',
        amount_msat: '10000',
        expiry: undefined,
        label,
      });
      const { bolt11, payment_hash } = made;
      const bill = { bolt11, maxfee: '1000', retry_for: '60' };
      const paid = await postJson(on(build), rune, 'pay', bill);
      expect(paid).toMatchObject({ amount_msat: 10_000, payment_hash });
      const listing = { index: 'created', start: 1, limit: undefined };
      const { invoices } = await postJson(on(build), rune, 'listinvoices', listing);
      expect(invoices).toContainEqual(expect.objectContaining({ label, status: 'paid' }));
      expect(await postJson(on(build), rune, 'decode', { string: bolt11 })).toHaveProperty('payee');
    });

    test('shows the status and the body of an error', async () => {
      const failing = postJson(on(build), await wallet(on(build)), 'decode');
      await expect(failing).rejects.toThrow(
        /^HTTP 500: \{.*"message":"missing required parameter: string"/,
      );
    });
  });

  test("the guide's rune allows what it calls and nothing else", async () => {
    const names = await commandNames(on('rest'), CALLED);
    expect(await allowed(on('rest'), await wallet(on('rest')), names)).toEqual(CALLED);
  });
});
