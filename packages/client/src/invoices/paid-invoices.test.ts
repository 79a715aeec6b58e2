import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { envelope, respondWith, serve } from '@clnrest/testing/serve';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { ClnrestClient } from '../client.ts';
import { errorOf } from '../testing/error-of.ts';

const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const invoice = (index: number | string, label = `i${index}`): Answer =>
  respondWith(
    201,
    `{"label":"${label}","status":"paid","pay_index":${index},"amount_received_msat":5}`,
  );
const failure = (status: number, code: number, message: string): Answer =>
  respondWith(status, envelope(code, message));
const cut: Answer = (request) => void request.socket.destroy();

/** A server that gives one answer after the other, and then none. */
async function answering(...answers: readonly Answer[]) {
  const bodies: string[] = [];
  const { url } = await serve(async (request, response) => {
    bodies.push(await text(request));
    answers[bodies.length - 1]?.(request, response);
  });
  return { url, bodies, client: new ClnrestClient({ url, rune }) };
}

/** Ends the delay before a call is repeated. It begins right after the callback. */
const endDelay = (ms: number): void => void setImmediate(() => vi.advanceTimersByTime(ms));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('paidInvoices', () => {
  test('requests the payment after the last one, and begins after the given index', async () => {
    const { client, bodies } = await answering(
      invoice(8),
      invoice('9007199254740993'),
      invoice('9007199254740994'),
    );
    const labels: string[] = [];
    for await (const { label } of client.paidInvoices({ after: 7 })) {
      if (labels.push(label) === 3) break;
    }
    expect(labels).toEqual(['i8', 'i9007199254740993', 'i9007199254740994']);
    expect(bodies).toEqual([
      '{"lastpay_index":7,"timeout":60}',
      '{"lastpay_index":8,"timeout":60}',
      '{"lastpay_index":9007199254740993,"timeout":60}',
    ]);
  });

  test('neither skips nor repeats one when nothing is paid, and when node or gateway are away', async () => {
    const { client, bodies } = await answering(
      failure(500, 904, 'Timed out'),
      invoice(1),
      cut,
      failure(502, -32000, 'The node cannot be reached'),
      failure(503, -32001, 'The gateway is stopping'),
      invoice(2),
    );
    const reasons: string[] = [];
    const paid = client.paidInvoices({
      onDisconnect: ({ code }, ms) => {
        reasons.push(code);
        endDelay(ms);
      },
    });
    expect((await paid.next()).value).toMatchObject({ label: 'i1' });
    expect((await paid.next()).value).toMatchObject({ label: 'i2' });
    await paid.return();
    expect(bodies.map((body) => /index":(\d+)/.exec(body)?.[1])).toEqual([
      '0',
      '0',
      '1',
      '1',
      '1',
      '1',
    ]);
    expect(reasons).toEqual(['connection_failed', 'node_away', 'busy']);
  });

  test('yields the same payment again if its receiver fails', async () => {
    const { client, bodies } = await answering(invoice(1), invoice(1));
    const first = async (): Promise<void> => {
      for await (const { label } of client.paidInvoices())
        throw new Error(`cannot deliver ${label}`);
    };
    await expect(first()).rejects.toThrow('cannot deliver i1');
    await expect(first()).rejects.toThrow('cannot deliver i1');
    expect(bodies).toEqual(Array.from({ length: 2 }, () => '{"lastpay_index":0,"timeout":60}'));
  });

  test.each([
    ['an index that does not grow', invoice(0)],
    ['no index', respondWith(201, '{"status":"paid"}')],
    ['an expired invoice', respondWith(201, '{"status":"expired","pay_index":3}')],
    ['no object', respondWith(201, 'null')],
  ])('fails on %s, which would lose or repeat payments', async (_what, answer) => {
    const { client } = await answering(answer);
    expect(await errorOf(client.paidInvoices().next())).toMatchObject({ code: 'malformed_answer' });
  });

  test('fails at once if the node is not reached at first, or the rune does not allow it', async () => {
    const nowhere = new ClnrestClient({ url: 'http://127.0.0.1:1', rune });
    expect(await errorOf(nowhere.paidInvoices().next())).toMatchObject({
      code: 'connection_failed',
    });
    const { client } = await answering(failure(401, 1502, 'Not permitted: no'));
    expect(await errorOf(client.paidInvoices().next())).toMatchObject({
      code: 'rune_not_permitted',
    });
  });

  test('ends when its signal aborts, and when the loop is left while it waits', async () => {
    const { client } = await answering();
    const controller = new AbortController();
    const waiting = errorOf(client.paidInvoices({ signal: controller.signal }).next());
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'cancelled' });
    const left = client.paidInvoices();
    const next = left.next();
    await left.return();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('has typed amounts', async () => {
    const { url } = await answering(invoice(1));
    const exact = new ClnrestClient({ url, rune, amounts: 'bigint' });
    const { value } = await exact.paidInvoices().next();
    expect(value).toMatchObject({ amount_received_msat: 5n, pay_index: 1 });
    type Paid = Exclude<Awaited<ReturnType<typeof exact.waitForInvoice>>, undefined>;
    expectTypeOf<Paid['amount_received_msat']>().toEqualTypeOf<bigint>();
  });
});

describe('waitForInvoice', () => {
  test('waits across failures', async () => {
    const { client, bodies } = await answering(
      cut,
      failure(504, -32002, 'The node does not answer'),
      invoice(4, 'coffee'),
    );
    expect(
      await client.waitForInvoice('coffee', { onDisconnect: (_, ms) => endDelay(ms) }),
    ).toMatchObject({ status: 'paid', pay_index: 4 });
    expect(bodies).toEqual(Array.from({ length: 3 }, () => '{"label":"coffee"}'));
  });

  test("fails with the node's error for an expired or unknown invoice", async () => {
    const { client } = await answering(
      failure(500, 903, 'invoice expired during wait'),
      failure(500, -1, 'Label not found'),
    );
    expect(await errorOf(client.waitForInvoice('a'))).toMatchObject({ nodeCode: 903 });
    expect(await errorOf(client.waitForInvoice('a'))).toMatchObject({ nodeCode: -1 });
  });

  test('ends when its signal aborts', async () => {
    const { client } = await answering();
    const controller = new AbortController();
    const waiting = errorOf(client.waitForInvoice('a', { signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'cancelled' });
  });
});
