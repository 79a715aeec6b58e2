import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Gateways, isBroken } from './gateways.ts';
import type { Ledger, Protocol } from './ledger.ts';

/** The state that all clients of a soak test share. */
export interface SoakContext {
  readonly gateways: Gateways;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Response times in milliseconds, of calls that return immediately. */
  readonly times: number[];
  /** Invoices created over REST: label → payment hash in the response. */
  readonly created: Map<string, string>;
}

const PAUSE_MS = 20;
const RETRY_MS = 200;
const DISCONNECT_MS = 60;
/** In this time, more bytes accumulate than a subscriber may leave unread. */
const STALL_MS = 60_000;
/** The pause between two reads of a large response. */
const READ_MS = 15;

/** Calls commands one after the other. Each must get a right response, or break because of a disturbance. */
export async function callCommands(
  context: SoakContext,
  protocol: Protocol,
  lane: number,
): Promise<void> {
  for (let count = 0; !context.signal.aborted; count++) {
    const since = performance.now();
    try {
      if (count % 3 === 0) await makeInvoice(context, protocol, `rest-${lane}-${count}`);
      else await sign(context, protocol, `${lane} ${count} ${'x'.repeat(count % 500)}`);
      context.times.push(performance.now() - since);
      await sleep(PAUSE_MS);
    } catch (error) {
      recordBrokenCall(context, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

async function makeInvoice(
  { gateways, ledger, created }: SoakContext,
  protocol: Protocol,
  label: string,
) {
  // On a new connection: if the server closed a kept one, it would be unknown whether the command ran.
  const { status, answer } = await gateways.call(
    protocol,
    'invoice',
    { amount_msat: 1_000, label, description: 'd' },
    { keep: false },
  );
  if (isUnavailable(ledger, status)) return;
  const hash = answer['payment_hash'];
  if (status !== 201 || typeof hash !== 'string') {
    // Labels are unique: an existing label means that the command ran twice.
    ledger.violation(`invoice ${label}: ${status} ${JSON.stringify(answer)}`);
    return;
  }
  ledger.count('REST calls with a right response');
  created.set(label, hash);
}

async function sign({ gateways, ledger }: SoakContext, protocol: Protocol, message: string) {
  const signed = await gateways.call(protocol, 'signmessage', { message });
  if (isUnavailable(ledger, signed.status)) return;
  const { zbase } = signed.answer;
  const checked = await gateways.call(protocol, 'checkmessage', { message, zbase });
  if (isUnavailable(ledger, checked.status)) return;
  ledger.count('REST calls with a right response', 2);
  if (signed.status === 201 && checked.status === 201 && checked.answer['verified'] === true)
    return;
  const answers = JSON.stringify([signed, checked]);
  ledger.violation(`signmessage ${JSON.stringify(message)}: ${answers.slice(0, 400)}`);
}

/** Waits for each paid invoice in order, and retries when a connection breaks. */
export async function waitForPayments(context: SoakContext, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = context;
  let last = 0;
  while (!signal.aborted) {
    const since = performance.now();
    try {
      const { status, answer } = await gateways.call(
        protocol,
        'waitanyinvoice',
        { lastpay_index: last },
        { signal, keep: false },
      );
      if (isUnavailable(ledger, status)) continue;
      if (status !== 201 || answer['pay_index'] !== last + 1) {
        ledger.violation(`waitanyinvoice after ${last}: ${status} ${JSON.stringify(answer)}`);
        return;
      }
      last++;
      ledger.count('waiting calls with a right response');
    } catch (error) {
      if (signal.aborted) return;
      recordBrokenCall(context, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** Sends calls and disconnects before the response. */
export async function abandonCalls(context: SoakContext, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = context;
  while (!signal.aborted) {
    const options = { host: '127.0.0.1', port: gateways.port(protocol) };
    const socket =
      protocol === 'http'
        ? connectTcp(options)
        : connectTls({ ...options, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const method = Math.random() < 0.5 ? 'waitanyinvoice' : 'listpeers';
    const body = Math.random() < 0.5 ? '{}' : '{';
    socket.write(
      `POST /v1/${method} HTTP/1.1\r\nHost: soak\r\nRune: ${gateways.rune}\r\nContent-Length: 2\r\n\r\n${body}`,
    );
    await sleep(Math.random() * DISCONNECT_MS);
    socket.destroy();
    await closed;
    ledger.count('callers that disconnected');
    await sleep(DISCONNECT_MS);
  }
}

/** Subscribes to all topics and reads nothing, until the gateway disconnects it or `STALL_MS` have passed. */
export async function subscribeWithoutReading(
  context: SoakContext,
  protocol: Protocol,
): Promise<void> {
  const { gateways, ledger, signal } = context;
  while (!signal.aborted) {
    const since = performance.now();
    try {
      const response = await gateways.get(protocol, '/v1/notifications', { rune: gateways.rune });
      response.on('error', () => undefined);
      ledger.count('subscribers that read nothing');
      for (let ms = 0; ms < STALL_MS && !signal.aborted; ms += RETRY_MS) await sleep(RETRY_MS);
      response.destroy();
    } catch (error) {
      recordBrokenCall(context, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** Reads a large response slowly and completely. */
export async function readSlowly(context: SoakContext, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = context;
  while (!signal.aborted) {
    const since = performance.now();
    try {
      const response = await gateways.get(protocol, '/openapi.json');
      response.setEncoding('utf8');
      let text = '';
      for await (const piece of response) {
        text += piece as string;
        await sleep(READ_MS);
      }
      if (response.statusCode === 503) continue;
      JSON.parse(text);
      ledger.count('slow readers with a complete response');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SyntaxError)
        ledger.violation('a slow reader got an incomplete response without an error');
      else recordBrokenCall(context, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** Whether the gateway refused the call because it is stopping or busy. The command has not run. */
function isUnavailable(ledger: Ledger, status: number): boolean {
  if (status !== 503) return false;
  ledger.count('503');
  return true;
}

function recordBrokenCall(
  { ledger }: SoakContext,
  protocol: Protocol,
  since: number,
  error: unknown,
): void {
  if (!isBroken(error)) {
    ledger.violation(`${protocol}: ${String(error)}`);
    return;
  }
  ledger.count('connections that broke');
  if (ledger.isDisturbed(protocol, since)) return;
  ledger.violation(`${protocol}: ${String(error)} without a disturbance`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
