import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, guideRunes } from './guide-runes.ts';
import { Httpx, needHttpx } from './httpx.ts';
import { responseToRecorded, linesOf, type RecordedRequest, sendRecorded } from './wire.ts';

const NO_BODY = `
Host: <host>
Content-Length: 0
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
User-Agent: python-httpx/0.25.2
rune: <rune>
accept: application/json
`;
const FORM = `
Host: <host>
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
User-Agent: python-httpx/0.25.2
rune: <rune>
accept: application/json
Content-Length: <length>
Content-Type: application/x-www-form-urlencoded
`;

interface Form {
  readonly [name: string]: string | number;
}

function recorded(method: string, rune: string, form?: Form): RecordedRequest {
  if (form === undefined) return { method, rune, head: NO_BODY };
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) body.set(name, String(value));
  return { method, rune, head: FORM, body: body.toString() };
}

/** Posts like Nutshell, which treats a response with a `message` as an error. */
async function post(
  node: TestNode,
  method: string,
  rune: string,
  form?: Form,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await responseToRecorded(node, recorded(method, rune, form));
  const data = JSON.parse(text) as Record<string, unknown>;
  if (status >= 400 || 'message' in data) return { failed: String(data['message']) };
  return data;
}

const newLabel = (): string => `lbl${Math.random()}`;

const newInvoice = (label: string): Form => ({
  amount_msat: 10_000,
  description: 'été & 100% "x"=1',
  label,
});

describe('Nutshell', () => {
  const on = useBothBuilds('https');
  const CALLED = [
    'invoice',
    'listfunds',
    'listinvoices',
    'listpays',
    'pay',
    'waitanyinvoice',
    'xpay',
  ];
  const mint = async (node: TestNode): Promise<string> => {
    const [rune = ''] = await guideRunes(node, 'Nutshell');
    return rune;
  };

  describe.each(BUILDS)('at %s', (build) => {
    test('requests funds without a body and a content type', async () => {
      const { channels } = await post(on(build), 'listfunds', await mint(on(build)));
      expect(channels).toEqual([]);
    });

    test.each([
      ['pay', 'bolt11', { maxfeepercent: '20.0', exemptfee: 0 }],
      ['xpay', 'invstring', { maxfee: 2_000 }],
    ])('makes an invoice and pays it by %s', async (command, name, limits) => {
      const rune = await mint(on(build));
      const form = newInvoice(newLabel());
      const made = await post(on(build), 'invoice', rune, form);
      const { bolt11, payment_hash } = made as { bolt11: string; payment_hash: string };
      const { invoices } = await post(on(build), 'listinvoices', rune, { payment_hash });
      const { label, description } = form;
      expect(invoices).toMatchObject([{ label, description, status: 'unpaid' }]);
      const paid = await post(on(build), command, rune, { [name]: bolt11, ...limits });
      expect(paid).toMatchObject({
        payment_preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        amount_msat: 10_000,
        amount_sent_msat: expect.any(Number) as number,
      });
      const { pays } = await post(on(build), 'listpays', rune, { payment_hash });
      expect(pays).toMatchObject([{ status: 'complete', preimage: paid['payment_preimage'] }]);
    });

    test('keeps an empty description empty', async () => {
      const form = { ...newInvoice(newLabel()), description: '' };
      expect(await post(on(build), 'invoice', await mint(on(build)), form)).toHaveProperty(
        'bolt11',
      );
    });

    test('finds the message of an error at the top level', async () => {
      const rune = await mint(on(build));
      expect(await post(on(build), 'invoice', rune, { label: 'l' })).toEqual({
        failed: 'missing required parameter: amount_msat',
      });
      expect(await post(on(build), 'stop', rune)).toEqual({
        failed: expect.stringMatching(/^Not permitted: method is not equal to /) as string,
      });
    });

    test('waits for payments, one line each', async () => {
      const rune = await mint(on(build));
      const label = newLabel();
      const { bolt11 } = await post(on(build), 'invoice', rune, newInvoice(label));
      const form = { lastpay_index: await lastPayIndex(on(build), rune) };
      const waiting = sendRecorded(on(build), recorded('waitanyinvoice', rune, form));
      await on(build).rpc.call('pay', [String(bolt11)]);
      const lines: string[] = [];
      for await (const line of linesOf(await waiting)) lines.push(line);
      expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
        { status: 'paid', label, pay_index: form.lastpay_index + 1 },
      ]);
    });

    test('a number in a form is text, which no limit accepts', async () => {
      const rune = await on(build).rune(['method=invoice'], ['pnameamountmsat<1000000']);
      expect(await post(on(build), 'invoice', rune, newInvoice(newLabel()))).toEqual({
        failed: 'Not permitted: parameter amountmsat is not an integer field',
      });
    });
  });

  test("the guide's rune allows what it calls and nothing else", async () => {
    const names = await commandNames(on('rest'), CALLED);
    expect(await allowed(on('rest'), await mint(on('rest')), names)).toEqual(CALLED);
  });

  test.for(BUILDS)('by httpx at %s', async (build, context) => {
    needHttpx(context);
    const node = on(build);
    const rune = await mint(node);
    const headers = { rune, accept: 'application/json' };
    const url = (method: string): string => `${node.url}/v1/${method}`;
    const ca = node.caFile;
    const label = newLabel();
    const form = { ...newInvoice(label), description: null };
    const made = await new Httpx({ url: url('invoice'), ca, headers, form }).line();
    const { bolt11 } = made as { bolt11: string };
    const last = { lastpay_index: await lastPayIndex(node, rune) };
    const waiting = new Httpx({ url: url('waitanyinvoice'), ca, headers, form: last });
    await node.rpc.call('pay', [String(bolt11)]);
    expect(await waiting.line()).toMatchObject({ status: 'paid', label });
  });
});

/** At the start, Nutshell lists all invoices and finds the last paid one. */
async function lastPayIndex(node: TestNode, rune: string): Promise<number> {
  const { invoices } = await post(node, 'listinvoices', rune);
  const paid = (invoices as { pay_index?: number }[]).map(({ pay_index: index = 0 }) => index);
  return Math.max(0, ...paid);
}
