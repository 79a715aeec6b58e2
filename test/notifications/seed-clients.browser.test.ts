import { randomBytes, randomUUID } from 'node:crypto';
import { Master, Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { post } from '../support/http.ts';
import { subscribe, TestSubscriber } from '../support/test-subscriber.ts';
import type { TestNode } from '../support/node.ts';
import {
  clientText,
  missingForPython,
  PYTHON,
  runClient,
  servePage,
} from '../support/seed-clients.ts';
import { LISTEN_METHOD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

/** Makes an invoice over REST; gives its label. */
async function makeInvoice(node: TestNode): Promise<string> {
  const label = `heard-${randomUUID()}`;
  const body = JSON.stringify({ amount_msat: 10_000, label, description: 'test' });
  const { status, text } = await post(node, '/v1/invoice', await node.rune(), body);
  expect([status, text]).toEqual([201, expect.stringContaining('"bolt11"')]);
  return label;
}

const creation = (label: string) => ({
  invoice_creation: {
    label,
    msat: 10_000,
    preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  },
});

const isCreation = (label: string) => (message: unknown) =>
  (message as Partial<ReturnType<typeof creation>>).invoice_creation?.label === label;

const readonlyRune = async (node: TestNode): Promise<string> => {
  const { rune } = await node.rpc.call<{ rune: string }>('createrune', {
    restrictions: 'readonly',
  });
  return rune;
};

const secure = useNode('--rest-rune-recheck=1');

describe("the guide's clients", { timeout: 60_000 }, () => {
  const plain = useNode('--rest-protocol=http');

  test.for([
    ['ws-client.js', secure],
    ['node-client.js', plain],
  ] as const)('Node: %s', async ([file, node]) => {
    const text = clientText(file, node(), await readonlyRune(node()));
    const client = await runClient(process.execPath, file, text, node());
    await client.line(/^connected$/);
    const label = await makeInvoice(node());
    await client.line(/^heard \{/);
    await client.line(/\binvoice_creation: /);
    await client.line(new RegExp(`label: '${label}'`));
  });

  test('Node does not connect without the authority', async () => {
    const text = clientText('node-client.js', secure(), await readonlyRune(secure()));
    const tellsWhy = `${text}\nsocket.on('connect_error', (e) => console.log(e.context.responseText));`;
    const client = await runClient(process.execPath, 'no-authority.js', tellsWhy, secure());
    await client.line(/unable to verify|self-signed|unable to get/);
    expect(client.lines).not.toContain('connected');
  });

  test.for([
    ['http', plain],
    ['https', secure],
  ] as const)('Python, over %s', async ([, node], context) => {
    const missing = missingForPython();
    if (missing !== undefined) context.skip(missing);
    const trusting = `verify = ${JSON.stringify(node().caFile)}`;
    const text = clientText('client.py', node(), await readonlyRune(node()));
    const filledIn = node === secure ? text.replace('verify = True', trusting) : text;
    const client = await runClient(PYTHON, 'client.py', filledIn, node());
    await client.line(/^connected$/);
    const label = await makeInvoice(node());
    const [line] = await client.line(new RegExp(`^heard .*'${label}'.*$`));
    expect(line).toMatch(/^heard \{'invoice_creation': \{/);
    expect(line).toContain("'msat': 10000");
  });

  test('a page of another origin receives notifications, and its own messages', async (context) => {
    const { page } = await openTab(context, plain().url);
    const text = clientText('page.html', plain(), await readonlyRune(plain()));
    await page.goto(await servePage(text));
    await page.locator('#status', { hasText: /^connected$/ }).waitFor();
    const label = await makeInvoice(plain());
    const items = page.locator('#messages li');
    const shown = await items.filter({ hasText: label }).innerText();
    expect(JSON.parse(shown)).toEqual(creation(label));

    const said = `grüße ☃ ${randomUUID()}`;
    await page.locator('#messageInput').fill(said);
    await page.getByRole('button', { name: 'Send' }).click();
    const answer = await items.filter({ hasText: said }).innerText();
    // The page's script has its socket in a variable of its own.
    expect(JSON.parse(answer)).toEqual({
      client_message: said,
      session: await page.evaluate('socket.id'),
    });
    expect(await page.locator('#messageInput').inputValue()).toBe('');
  });
});

describe('other clients receive nothing', { timeout: 60_000 }, () => {
  const node = secure;
  const foreign = (): string =>
    new Master(randomBytes(32)).create('0', [Restriction.of(`method=${LISTEN_METHOD}`)]).toBase64();

  test('without a rune that permits it, they are refused with the reason', async () => {
    const cases: readonly (readonly [rune: string | undefined, reason: RegExp])[] = [
      [undefined, /^Not authorized: Missing rune$/],
      ['garbage', /^rune: should be base64 string$/],
      [foreign(), /^Not authorized: Not derived from master$/],
      [await node().rune(['method=invoice']), /^Not permitted: method is not equal to invoice$/],
      [
        await node().rune([`method=${LISTEN_METHOD}`], ['time<1000000000']),
        /^Not permitted: time is greater or equal to 1000000000$/,
      ],
    ];
    const good = await subscribe(node(), await readonlyRune(node()));
    const allRefused = cases.map(async ([rune, reason]) => {
      const refused = new TestSubscriber(node(), rune);
      const [error] = (await refused.next('connect_error')) as [Error];
      expect(error.message).toMatch(reason);
      expect(refused.socket.connected).toBe(false);
      return refused;
    });
    const refused = await Promise.all(allRefused);
    const label = await makeInvoice(node());
    expect(await good.message(isCreation(label))).toEqual(creation(label));
    expect(refused.flatMap(({ messages }) => messages)).toEqual([]);
  });

  test('a rune restricted to one topic receives only that topic', async () => {
    const good = await subscribe(node(), await readonlyRune(node()));
    const creations = await subscribe(
      node(),
      await node().rune([`method=${LISTEN_METHOD}`], ['pnametopic=invoice_creation']),
    );
    const payments = await subscribe(
      node(),
      await node().rune([`method=${LISTEN_METHOD}`], ['pnametopic=invoice_payment']),
    );
    const labels = [await makeInvoice(node()), await makeInvoice(node())] as const;
    for (const label of labels) await good.message(isCreation(label));
    await Promise.all([creations.receivedAll(), payments.receivedAll()]);
    expect(creations.messages).toEqual(labels.map((label) => creation(label)));
    expect(payments.messages).toEqual([]);
  });

  test('the server disconnects a subscriber whose rune is blacklisted, with the reason', async () => {
    const good = await subscribe(node(), await readonlyRune(node()));
    const rune = await node().rune([`method=${LISTEN_METHOD}`]);
    const ended = await subscribe(node(), rune);
    const before = await makeInvoice(node());
    await ended.message(isCreation(before));

    const order: string[] = [];
    ended.socket.on('error', () => order.push('error'));
    ended.socket.on('disconnect', () => order.push('disconnect'));
    const reason = ended.next('error');
    const disconnected = ended.next('disconnect');
    const id = Number(Rune.fromBase64(rune).uniqueId);
    await node().rpc.call('blacklistrune', { start: id, end: id });
    expect((await reason)[0]).toEqual({ code: 1503, message: 'Not authorized: Blacklisted rune' });
    await disconnected;
    expect(order).toEqual(['error', 'disconnect']);

    const messagesBefore = [...ended.messages];
    const after = await makeInvoice(node());
    await good.message(isCreation(after));
    expect(ended.messages).toEqual(messagesBefore);
    const labels = [before, after];
    const creations = good.messages.filter((message) =>
      labels.some((label) => isCreation(label)(message)),
    );
    expect(creations).toEqual(labels.map((label) => creation(label)));
    const again = new TestSubscriber(node(), rune);
    const [error] = (await again.next('connect_error')) as [Error];
    expect(error.message).toBe('Not authorized: Blacklisted rune');
  });
});
