import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { post } from '../support/http.ts';
import { listening } from '../support/listeners.ts';
import { TestProcess } from '../support/process.ts';
import { CLNREST } from '../support/sandbox-node.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http', '--rest-rune-recheck=1');

async function makeInvoice(): Promise<string> {
  const label = `narrowed-${randomUUID()}`;
  const body = JSON.stringify({ amount_msat: 10_000, label, description: 'to be heard of' });
  expect((await post(node(), '/v1/invoice', await node().rune(), body)).status).toBe(201);
  return label;
}

/** A rune that is good for a moment: for the seconds in which it connects and hears. */
const forAMoment = (): Promise<string> =>
  node().rune([`method=${LISTEN_METHOD}`], [`time<${Math.floor(Date.now() / 1000) + 3}`]);

describe('a rune that expires while its listener is there', { timeout: 60_000 }, () => {
  const reason = /^Not permitted: time is greater or equal to [0-9]+$/;

  test('by Socket.IO: the reason, and the end', async () => {
    const ended = await listening(node(), await forAMoment());
    const label = await makeInvoice();
    await ended.hears((message) => JSON.stringify(message).includes(label));
    const disconnected = ended.next('disconnect');
    expect((await ended.next('error'))[0]).toEqual({
      code: 1502,
      message: expect.stringMatching(reason) as string,
    });
    await disconnected;
  });

  test('by a stream of events: the same', async () => {
    const request = getPlain(`${node().url}/v1/notifications?topics=invoice_creation`, {
      headers: { rune: await forAMoment() },
      agent: false,
    });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const label = await makeInvoice();
    let text = '';
    for await (const piece of answer.setEncoding('utf8')) text += String(piece);
    expect(text).toContain(label);
    const last = text.trimEnd().split('\n\n').at(-1) ?? '';
    const [event, data] = last.split('\n');
    expect(event).toBe('event: closed');
    expect(JSON.parse(data?.replace('data: ', '') ?? '')).toMatchObject({
      code: 1502,
      message: expect.stringMatching(reason) as string,
    });
  });
});

test('a rune for payments hears of a payment, and of nothing else', async (context) => {
  if (node().kind !== 'sandbox') context.skip('nobody is there to pay a real node');
  const payments = await listening(
    node(),
    await node().rune([`method=${LISTEN_METHOD}`], ['pnametopic=invoice_payment']),
  );
  const label = await makeInvoice();
  await node().rpc.call('dev-pay-invoice', { label });
  await payments.hears(() => true);
  await makeInvoice();
  await payments.caughtUp();
  expect(payments.heard).toEqual([
    {
      invoice_payment: {
        label,
        msat: 10_000,
        preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    },
  ]);
});

test('clnrest listen prints what the rune may hear, one JSON a line', async () => {
  const rune = await node().rune([`method=${LISTEN_METHOD}`], ['pnametopic=invoice_creation']);
  const listener = new TestProcess(process.execPath, [
    CLNREST,
    'listen',
    `--url=${node().url}`,
    `--rune=${rune}`,
  ]);
  onTestFinished(async () => void (await listener.stop()));
  await listener.line(/subscribed/i);
  const label = await makeInvoice();
  const [line] = await listener.line(new RegExp(`^.*${label}.*$`));
  expect(JSON.parse(line)).toMatchObject({ invoice_creation: { label } });
});
