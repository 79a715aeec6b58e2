// A shop that sells keys. It loses no payment and delivers no order twice when the shop, the gateway or the node is killed.
//
//   POST /orders      creates an order: {"id": "…", "bolt11": "…", "paid": false}
//   GET /orders/<id>  returns it, after the payment with its key
//
// Its environment: URL, RUNE_FILE, CA_FILE, ORDERS_FILE and PORT. The rune needs only the commands invoice and waitanyinvoice:
//   lightning-cli createrune null '[["method=invoice","method=waitanyinvoice"]]'
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ClnrestClient } from '@clnrest/client';
import { Orders } from './orders.ts';

/** The price of everything, in millisatoshi. */
const PRICE = 10_000n;
const RETRY_MS = 500;

const { URL: url = '', RUNE_FILE = '', CA_FILE = '', ORDERS_FILE = '', PORT = '0' } = process.env;
const orders = new Orders(ORDERS_FILE);
const client = new ClnrestClient({
  url,
  rune: readFileSync(RUNE_FILE, 'utf8').trim(),
  ca: readFileSync(CA_FILE),
});
const stop = new AbortController();

/** The label connects a payment with its order, also if the shop stops before it has recorded the order. */
async function createOrder(): Promise<object> {
  const id = randomUUID();
  const params = { amount_msat: PRICE, label: `shop-${id}`, description: `order ${id}` };
  const { bolt11 } = await client.call('invoice', params);
  orders.add({ type: 'ordered', id, bolt11 });
  return { id, bolt11, paid: false };
}

/**
 * Records all payments, and with each the key that it buys, in the order in which the node received them. `paidInvoices` continues after the newest payment that is
 * on the shop's disk. It survives restarts of the gateway and the node, but its first call is made once. A shop
 * that sends something instead must make that repeatable, for example by the order's id: it can be killed after sending.
 */
async function recordPayments(): Promise<void> {
  const { signal } = stop;
  while (!signal.aborted) {
    try {
      for await (const paid of client.paidInvoices({ after: orders.payIndex, signal })) {
        const id = /^shop-(.+)$/.exec(paid.label)?.[1] ?? '';
        const key = randomBytes(16).toString('hex');
        // Payments of other programs count, too, so that the index advances.
        orders.add({ type: 'paid', id, payIndex: Number(paid.pay_index), key });
      }
    } catch (error) {
      if (signal.aborted) return;
      process.stderr.write(`shop: ${String(error)}\n`);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const id = /^\/orders\/([\w-]+)$/.exec(request.url ?? '')?.[1];
  if (request.method === 'POST' && request.url === '/orders') {
    send(response, 201, await createOrder());
  } else {
    const order = id === undefined ? undefined : orders.get(id);
    send(response, order === undefined ? 404 : 200, order ?? { error: 'not found' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  respond(request, response).catch((error: unknown) => {
    process.stderr.write(`shop: ${String(error)}\n`);
    send(response, 503, { error: 'try again later' });
  });
});
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`shop listens on ${JSON.stringify(server.address())}\n`);
});
process.once('SIGTERM', () => {
  stop.abort();
  server.close();
});

await recordPayments();
await client.close();
orders.close();
