import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Gateways, isBroken } from './gateways.ts';
import type { Ledger, Protocol } from './ledger.ts';

/** What all callers need. */
export interface Scene {
  readonly gateways: Gateways;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Response times in milliseconds, of the calls that do not wait for anything. */
  readonly times: number[];
  /** Invoices that were made over REST: the label, and the hash in the response. */
  readonly made: Map<string, string>;
}

const PAUSE_MS = 20;
const RETRY_MS = 200;
const LEAVE_MS = 60;
/** Long enough for more than a subscriber may leave unread. */
const STALL_MS = 60_000;
/** A response of some size, read slowly. */
const READ_MS = 15;

/** Calls commands one after the other: each is answered rightly, or its connection breaks for a reason. */
export async function callAgainAndAgain(
  scene: Scene,
  protocol: Protocol,
  lane: number,
): Promise<void> {
  for (let count = 0; !scene.signal.aborted; count++) {
    const since = performance.now();
    try {
      if (count % 3 === 0) await makeInvoice(scene, protocol, `rest-${lane}-${count}`);
      else await sign(scene, protocol, `${lane} ${count} ${'x'.repeat(count % 500)}`);
      scene.times.push(performance.now() - since);
      await sleep(PAUSE_MS);
    } catch (error) {
      brokenCall(scene, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

async function makeInvoice({ gateways, ledger, made }: Scene, protocol: Protocol, label: string) {
  // On a connection of its own: a kept one that the server closes at that moment leaves it unknown what ran.
  const { status, answer } = await gateways.call(
    protocol,
    'invoice',
    { amount_msat: 1_000, label, description: 'd' },
    { keep: false },
  );
  if (isStopping(ledger, status)) return;
  const hash = answer['payment_hash'];
  if (status !== 201 || typeof hash !== 'string') {
    // Labels are used once: that one is there already means that the call was sent twice.
    ledger.violation(`invoice ${label}: ${status} ${JSON.stringify(answer)}`);
    return;
  }
  ledger.count('REST calls answered');
  made.set(label, hash);
}

async function sign({ gateways, ledger }: Scene, protocol: Protocol, message: string) {
  const signed = await gateways.call(protocol, 'signmessage', { message });
  if (isStopping(ledger, signed.status)) return;
  const { zbase } = signed.answer;
  const checked = await gateways.call(protocol, 'checkmessage', { message, zbase });
  if (isStopping(ledger, checked.status)) return;
  ledger.count('REST calls answered', 2);
  if (signed.status === 201 && checked.status === 201 && checked.answer['verified'] === true)
    return;
  const answers = JSON.stringify([signed, checked]);
  ledger.violation(`signmessage ${JSON.stringify(message)}: ${answers.slice(0, 400)}`);
}

/** Waits for each paid invoice in its turn, over connections that may break meanwhile. */
export async function waitForPayments(scene: Scene, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = scene;
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
      if (isStopping(ledger, status)) continue;
      if (status !== 201 || answer['pay_index'] !== last + 1) {
        ledger.violation(`waitanyinvoice after ${last}: ${status} ${JSON.stringify(answer)}`);
        return;
      }
      last++;
      ledger.count('waiting calls answered');
    } catch (error) {
      if (signal.aborted) return;
      brokenCall(scene, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** Asks, and leaves before the answer. */
export async function leaveAgainAndAgain(scene: Scene, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = scene;
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
    await sleep(Math.random() * LEAVE_MS);
    socket.destroy();
    await closed;
    ledger.count('callers that left');
    await sleep(LEAVE_MS);
  }
}

/** Listens to everything and reads nothing, until it is cut off or has stayed long enough. */
export async function stallAgainAndAgain(scene: Scene, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = scene;
  while (!signal.aborted) {
    const since = performance.now();
    try {
      const response = await gateways.get(protocol, '/v1/notifications', { rune: gateways.rune });
      response.on('error', () => undefined);
      ledger.count('subscribers that read nothing');
      for (let ms = 0; ms < STALL_MS && !signal.aborted; ms += RETRY_MS) await sleep(RETRY_MS);
      response.destroy();
    } catch (error) {
      brokenCall(scene, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** Reads a large response slowly, to its end. */
export async function readSlowly(scene: Scene, protocol: Protocol): Promise<void> {
  const { gateways, ledger, signal } = scene;
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
      ledger.count('slow readers answered');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SyntaxError)
        ledger.violation('a slow reader got half a response as a whole');
      else brokenCall(scene, protocol, since, error);
      await sleep(RETRY_MS);
    }
  }
}

/** The gateway says that it is stopping, or is too busy; nothing has run. */
function isStopping(ledger: Ledger, status: number): boolean {
  if (status !== 503) return false;
  ledger.count('503');
  return true;
}

function brokenCall({ ledger }: Scene, protocol: Protocol, since: number, error: unknown): void {
  if (!isBroken(error)) {
    ledger.violation(`${protocol}: ${String(error)}`);
    return;
  }
  ledger.count('connections that broke');
  if (ledger.isDisturbed(protocol, since)) return;
  ledger.violation(`${protocol}: ${String(error)}, and nothing had disturbed it`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
