import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { ClnrestError } from '../errors.ts';
import { onAbort } from '../waiting/on-abort.ts';
import type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport.ts';

/** Closed well before gateways do it (75 s), lest a request go out just when they do. */
const IDLE_MS = 10_000;
/** While a command waits for hours, the system finds out whether the other side is still there. */
const PROBE_MS = 30_000;
/** Kept between requests; there may be any number at once. */
const MOST_IDLE = 16;

/**
 * Node: node:http and node:https, with kept connections.
 *
 * @throws {ClnrestError} `invalid_request` where `ca` is no certificate
 */
export function openTransport({ url, ca }: TransportSettings): Transport {
  const kept = {
    keepAlive: true,
    keepAliveInitialDelay: PROBE_MS,
    maxFreeSockets: MOST_IDLE,
    timeout: IDLE_MS,
  };
  if (ca !== undefined) assertCertificates(ca);
  const agent =
    url.protocol === 'https:'
      ? new HttpsAgent({ ...kept, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(kept);
  return { send: (request) => send(request, agent), close: () => agent.destroy() };
}

/** Node ignores what it can't read, and then trusts nobody, without a word why. */
function assertCertificates(ca: string): void {
  const blocks = ca.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.length === 0) throw new Error('there is no block of a certificate');
  } catch (cause) {
    throw new ClnrestError('invalid_request', '`ca` must be certificates as PEM text', { cause });
  }
}

function send(
  { method, url, headers, body, signal }: TransportRequest,
  agent: HttpAgent | HttpsAgent,
): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const secure = agent instanceof HttpsAgent;
    const request = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent });
    // Nothing goes out before the handshake is done.
    let connected = false;
    // Without an error of ours: Node would throw it where a connection is just being put back.
    const forget = onAbort(signal, () => request.destroy());
    request.on('socket', (socket) => {
      connected = request.reusedSocket;
      if (connected) return;
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    request.on('error', (error) => {
      forget();
      reject(failure(error, connected, request.socket as TLSSocket | null));
    });
    request.on('response', (response) => {
      // Whoever reads is told anyway; where nobody does, it must not end the program.
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        header: (name) => {
          const value = response.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
        body: read(response, forget),
      });
    });
    request.end(body);
  });
}

async function* read(
  response: IncomingMessage,
  forget: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of response) yield piece as Uint8Array;
  } catch (error) {
    throw failure(error as Error, true, null);
  } finally {
    forget();
  }
}

function failure(
  cause: NodeJS.ErrnoException,
  mayHaveRun: boolean,
  socket: TLSSocket | null,
): ClnrestError {
  // Set by Node where it has judged a certificate, and only then.
  const verdict: unknown = socket?.authorizationError;
  if (!mayHaveRun && verdict !== null && verdict !== undefined) {
    const words = `The server's certificate is not trusted: ${cause.message}`;
    return new ClnrestError('certificate_not_trusted', words, { cause });
  }
  if (cause.code?.startsWith('HPE_') === true) {
    return new ClnrestError('malformed_answer', 'The server does not speak HTTP', { cause });
  }
  const words = mayHaveRun
    ? 'The connection broke before the whole answer was there'
    : `No connection to the server: ${cause.message}`;
  return new ClnrestError('connection_failed', words, { mayHaveRun, cause });
}
