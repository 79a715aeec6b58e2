import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { post } from '../support/http.ts';
import { subscribe } from '../support/test-subscriber.ts';
import { TestProcess } from '../support/process.ts';
import { CLNREST } from '../support/sandbox-node.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http', '--rest-rune-recheck=1');

async function makeInvoice(): Promise<string> {
  const label = `narrowed-${randomUUID()}`;
  const body = JSON.stringify({ amount_msat: 10_000, label, description: 'test' });
  expect((await post(node(), '/v1/invoice', await node().rune(), body)).status).toBe(201);
  return label;
}

/** Creates a rune that expires within three seconds, time enough to connect and to receive one notification. */
const shortLivedRune = (): Promise<string> =>
  node().rune([`method=${LISTEN_METHOD}`], [`time<${Math.floor(Date.now() / 1000) + 3}`]);

describe('a rune that expires while its subscriber is connected', { timeout: 60_000 }, () => {
  const reason = /^Not permitted: time is greater or equal to [0-9]+$/;

  test('Socket.IO: the server sends the reason and disconnects', async () => {
    const ended = await subscribe(node(), await shortLivedRune());
    const label = await makeInvoice();
    await ended.message((message) => JSON.stringify(message).includes(label));
    const disconnected = ended.next('disconnect');
    expect((await ended.next('error'))[0]).toEqual({
      code: 1502,
      message: expect.stringMatching(reason) as string,
    });
    await disconnected;
  });

  test('server-sent events: the server sends the reason and disconnects', async () => {
    const request = getPlain(`${node().url}/v1/notifications?topics=invoice_creation`, {
      headers: { rune: await shortLivedRune() },
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

test('a rune restricted to invoice_payment receives only payments', async (context) => {
  if (node().kind !== 'sandbox') context.skip('a real node has no peer that pays');
  const payments = await subscribe(
    node(),
    await node().rune([`method=${LISTEN_METHOD}`], ['pnametopic=invoice_payment']),
  );
  const label = await makeInvoice();
  await node().rpc.call<unknown>('dev-pay-invoice', { label });
  await payments.message(() => true);
  await makeInvoice();
  await payments.receivedAll();
  expect(payments.messages).toEqual([
    {
      invoice_payment: {
        label,
        msat: 10_000,
        preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    },
  ]);
});

test('clnrest listen prints the notifications that the rune allows, one JSON value per line', async () => {
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
