import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, guideRunes } from './guide-runes.ts';
import { Httpx, needHttpx } from './httpx.ts';
import { responseToRecorded, linesOf, type RecordedRequest, sendRecorded } from './wire.ts';

const HEAD = `
Host: <host>
Accept-Encoding: gzip, deflate
Connection: keep-alive
accept: application/json
User-Agent: LNbits/1.6.2
Content-Type: application/json
nodeid: 02cb2e2d5a6c5b17fa67b1a883e2973c82e328fb9bd08b2b156a9e23820c87a490
rune: <rune>
Content-Length: <length>
`;

/** Python's json.dumps: a space after each colon and comma, and nothing but ASCII. */
function dumps(value: Readonly<Record<string, string | number | null>>): string {
  const members = Object.entries(value).map(([name, member]) => `"${name}": ${quoted(member)}`);
  return `{${members.join(', ')}}`;
}

const quoted = (value: string | number | null): string =>
  JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

interface Body {
  readonly [name: string]: string | number | null;
}

const recorded = (method: string, rune: string, body?: Body): RecordedRequest => ({
  method,
  head: HEAD,
  rune,
  ...(body !== undefined && { body: dumps(body) }),
});

/** Posts like LNbits and interprets the response like LNbits. */
async function post(node: TestNode, method: string, rune: string, body?: Body): Promise<Answer> {
  const { status, text } = await responseToRecorded(node, recorded(method, rune, body));
  return { status, ...(JSON.parse(text) as object) };
}

type Answer = Readonly<Record<string, unknown>>;

const newLabel = (): string => `LNbits_${randomUUID()}`;

function invoiceBody(label: string): Body {
  const preimage = randomBytes(32).toString('hex');
  return { amount_msat: 10_000, description: 'été "x" ☃', label, expiry: 600, preimage };
}

/** The guide's CLNREST_LAST_PAY_INDEX. */
async function lastPayIndex(node: TestNode): Promise<number> {
  const listed = await node.rpc.call<{ invoices: { pay_index?: number }[] }>('listinvoices');
  return Math.max(0, ...listed.invoices.map(({ pay_index: index = 0 }) => index));
}

describe('LNbits', () => {
  const on = useBothBuilds('https');
  const runes = (node: TestNode): Promise<string[]> => guideRunes(node, 'LNbits');

  describe.each(BUILDS)('at %s', (build) => {
    test('requests funds without a body, although the content type is JSON', async () => {
      const [reading = ''] = await runes(on(build));
      const { channels } = await post(on(build), 'listfunds', reading);
      expect(channels).toEqual([]);
    });

    test('creates an invoice, pays it, and lists both', async () => {
      const [reading = '', invoicing = '', paying = ''] = await runes(on(build));
      const body = invoiceBody(newLabel());
      const made = await post(on(build), 'invoice', invoicing, body);
      const { payment_hash, bolt11 } = made as { payment_hash: string; bolt11: string };
      const hash = { payment_hash };
      const { invoices } = await post(on(build), 'listinvoices', reading, hash);
      expect(invoices).toMatchObject([{ status: 'unpaid', description: body['description'] }]);
      const bill = { label: newLabel(), description: null, maxfee: 2_000, bolt11 };
      const paid = await post(on(build), 'pay', paying, bill);
      expect(paid).toMatchObject({ ...hash, status: 'complete', amount_msat: 10_000 });
      const { pays } = await post(on(build), 'listpays', reading, hash);
      expect(pays).toMatchObject([{ status: 'complete', preimage: body['preimage'] }]);
    });

    test('finds the code and the message of an error', async () => {
      const [, , paying = ''] = await runes(on(build));
      const wrong = { label: newLabel(), description: null, maxfee: 0, bolt11: 'lnbc1' };
      const { error } = (await post(on(build), 'pay', paying, wrong)) as {
        error?: { code?: unknown; message?: unknown };
      };
      // LNbits treats this code as a failed payment.
      expect(error?.code).toBe(-32602);
      expect(error?.message).toEqual(expect.stringContaining('Invalid bolt11'));
    });

    test('waits for payments without a timeout, one line each', async () => {
      const [reading = '', invoicing = ''] = await runes(on(build));
      const label = newLabel();
      const { bolt11 } = await post(on(build), 'invoice', invoicing, invoiceBody(label));
      const last = await lastPayIndex(on(build));
      const body = { lastpay_index: String(last), timeout: null };
      const waiting = sendRecorded(on(build), recorded('waitanyinvoice', reading, body));
      await on(build).rpc.call('pay', [String(bolt11)]);
      const lines: string[] = [];
      for await (const line of linesOf(await waiting)) lines.push(line);
      expect(lines).toHaveLength(1);
      const received = JSON.parse(lines[0] ?? '') as object;
      expect(received).not.toHaveProperty('error');
      expect(received).toMatchObject({ status: 'paid', label, pay_index: last + 1 });
    });

    test('sends null parameters in its first request', async () => {
      const [reading = ''] = await runes(on(build));
      const body = { lastpay_index: null, timeout: null };
      // Paid invoices exist, so that the command returns the first one.
      expect(await post(on(build), 'waitanyinvoice', reading, body)).toHaveProperty('pay_index', 1);
    });
  });

  test("the guide's runes allow what it calls and nothing else", async () => {
    const reads = ['listfunds', 'listinvoices', 'listpays', 'waitanyinvoice'];
    const [reading = '', invoicing = '', paying = ''] = await runes(on('rest'));
    const names = await commandNames(on('rest'), [...reads, 'invoice', 'pay']);
    expect(await allowed(on('rest'), reading, names)).toEqual(reads);
    for (const [rune, command] of [
      [invoicing, 'invoice'],
      [paying, 'pay'],
    ] as const) {
      expect(await allowed(on('rest'), rune, names, { label: newLabel() })).toEqual([command]);
      expect(await allowed(on('rest'), rune, names, { label: 'of another' })).toEqual([]);
      expect(await allowed(on('rest'), rune, names)).toEqual([]);
    }
  });

  test.for(BUILDS)('by httpx, strict about certificates, at %s', async (build, context) => {
    needHttpx(context);
    const node = on(build);
    const [reading = '', invoicing = ''] = await runes(node);
    const label = newLabel();
    const { bolt11 } = await post(node, 'invoice', invoicing, invoiceBody(label));
    const request = {
      url: `${node.url}/v1/waitanyinvoice`,
      ca: node.caFile,
      anyName: true,
      strict: true,
      json: { lastpay_index: await lastPayIndex(node), timeout: null },
    };
    const refused = new Httpx({ ...request, headers: { rune: invoicing } });
    expect(await refused.line()).toHaveProperty(
      'error.message',
      'Not permitted: method is not equal to invoice',
    );
    const waiting = new Httpx({ ...request, headers: { rune: reading } });
    await node.rpc.call('pay', [String(bolt11)]);
    expect(await waiting.line()).toMatchObject({ status: 'paid', label });
    expect(await waiting.status()).toBe(201);
  });
});
