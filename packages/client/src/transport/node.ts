import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { ClnrestError } from '../errors.ts';
import { onAbort } from '@clnrest/bounds';
import type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport.ts';

/** Shorter than the gateway's idle timeout (75 s), so that no request meets a connection that is closing. */
const IDLE_MS = 10_000;
/** TCP keep-alive detects a dead server while a command waits for hours. */
const PROBE_MS = 30_000;
/** Limits idle connections only; the number of active connections is not limited. */
const MAX_IDLE = 16;

/**
 * Transport over node:http and node:https with keep-alive connections.
 *
 * @throws {ClnrestError} `invalid_request` if `ca` is not a certificate
 */
export function openTransport({ url, ca }: TransportSettings): Transport {
  const options = {
    keepAlive: true,
    keepAliveInitialDelay: PROBE_MS,
    maxFreeSockets: MAX_IDLE,
    timeout: IDLE_MS,
  };
  if (ca !== undefined) assertCertificates(ca);
  const agent =
    url.protocol === 'https:'
      ? new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(options);
  return { send: (request) => send(request, agent), close: () => agent.destroy() };
}

/** Node ignores an unreadable `ca` without an error, and then trusts no server. */
function assertCertificates(ca: string): void {
  const blocks = ca.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.length === 0) throw new Error('there is no PEM block');
  } catch (cause) {
    throw new ClnrestError(
      'invalid_request',
      'Invalid `ca`: pass the content of ca.pem (PEM certificates)',
      { cause },
    );
  }
}

function send(
  { method, url, headers, body, signal }: TransportRequest,
  agent: HttpAgent | HttpsAgent,
): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    const secure = agent instanceof HttpsAgent;
    const request = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent });
    // Node sends nothing before the handshake is complete.
    let connected = false;
    // destroy() gets no error: Node would throw it if the connection is just being returned to the pool.
    const stopListening = onAbort(signal, () => request.destroy());
    request.on('socket', (socket) => {
      connected = request.reusedSocket;
      if (connected) return;
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    request.on('error', (error) => {
      stopListening();
      reject(toClnrestError(error, connected, request.socket as TLSSocket | null));
    });
    request.on('response', (response) => {
      // Readers of the body receive the error. Without a reader it must not end the program.
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        header: (name) => {
          const value = response.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        },
        body: read(response, stopListening),
      });
    });
    request.end(body);
  });
}

async function* read(
  response: IncomingMessage,
  stopListening: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of response) yield piece as Uint8Array;
  } catch (error) {
    throw toClnrestError(error as Error, true, null);
  } finally {
    stopListening();
  }
}

function toClnrestError(
  cause: NodeJS.ErrnoException,
  mayHaveRun: boolean,
  socket: TLSSocket | null,
): ClnrestError {
  // Node sets it only if it has rejected the certificate.
  const rejection: unknown = socket?.authorizationError;
  if (!mayHaveRun && rejection !== null && rejection !== undefined) {
    const words = `The server's certificate is not trusted: ${cause.message}`;
    return new ClnrestError('certificate_not_trusted', words, { cause });
  }
  if (cause.code?.startsWith('HPE_') === true) {
    return new ClnrestError('malformed_answer', 'The server does not speak HTTP', { cause });
  }
  const words = mayHaveRun
    ? 'The connection broke before the response was complete'
    : `Cannot connect to the server: ${cause.message}`;
  return new ClnrestError('connection_failed', words, { mayHaveRun, cause });
}
