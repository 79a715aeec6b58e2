import type { IncomingMessage } from 'node:http';
import { ClnrestError } from '@clnrest/client';
import { WebSocket } from 'ws';
import { CONNECT, missesUpgrade, PONG, receptionOf, sessionOf, socketUrl } from './engine-io.ts';
import { type Finding, finding } from './findings.ts';
import type { Patient } from './patient.ts';
import { readShort } from './read-text.ts';
import { within } from './time-limit.ts';
import { strange, trouble } from './trouble.ts';
import { type Shown, wayOpen, welcome } from './welcome.ts';

const MOST_BYTES = 64 * 1024;

/** What tells of a proxy, and nothing about websockets. */
const OF_OTHERS = new Set([301, 302, 303, 307, 308, 401, 403, 407, 502, 503, 504]);

/** Lines for nginx; other proxies have the same by another name. */
const PASS_UPGRADES =
  'a proxy drops the upgrade: for nginx, proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"';

/** How to come to the server. */
export interface WebSocketWay {
  readonly ca: string | undefined;
  /** Whether to speak with a server that is not trusted. */
  readonly unverified: boolean;
}

/** Socket.IO over a websocket and nothing else, as most listeners come. */
export async function checkWebSocket(
  patient: Patient,
  way: WebSocketWay,
  shown: Shown | string,
): Promise<Finding> {
  try {
    return await within(patient, (signal) => visit(patient, way, shown, signal));
  } catch (error) {
    patient.signal.throwIfAborted();
    return trouble('websocket', error, undefined);
  }
}

async function visit(
  { url }: Patient,
  { ca, unverified }: WebSocketWay,
  shown: Shown | string,
  signal: AbortSignal,
): Promise<Finding> {
  const to = socketUrl(url, 'websocket');
  to.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(to, {
    headers: typeof shown === 'string' ? {} : { Rune: shown.rune },
    followRedirects: false,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    rejectUnauthorized: !unverified,
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    return await Promise.race([
      converse(socket, shown),
      refusedUpgrade(socket),
      ended(socket, signal),
    ]);
  } finally {
    // What is said from here on is nobody's business.
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

/** Comes in as a listener does. */
function converse(socket: WebSocket, shown: Shown | string): Promise<Finding> {
  return new Promise((resolve) => {
    let isOpen = false;
    socket.on('message', (data) => {
      const packet = String(data);
      if (packet === '2') socket.send(PONG);
      if (!isOpen && sessionOf(packet) !== undefined) {
        isOpen = true;
        if (typeof shown === 'string') resolve(wayOpen('websocket', shown));
        else socket.send(CONNECT);
      }
      const reception = isOpen ? receptionOf(packet) : undefined;
      if (reception === undefined || typeof shown === 'string') return;
      resolve(welcome('websocket', shown, reception === 'in' ? undefined : reception));
    });
  });
}

/** The server has answered as if it had not been asked for a websocket. */
function refusedUpgrade(socket: WebSocket): Promise<Finding> {
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      readShort(response as AsyncIterable<Uint8Array>).then(
        (body) => resolve(answered(response, body)),
        reject,
      );
    });
  });
}

function answered({ statusCode: status = 0, headers }: IncomingMessage, body: string): Finding {
  if (missesUpgrade(body)) {
    const found = 'the server was not told that a websocket is asked for';
    return finding('websocket', 'upgrade_lost', found, { remedy: PASS_UPGRADES });
  }
  if (status === 404) {
    return finding('websocket', 'not_offered', 'the server has no Socket.IO', {
      remedy: 'older gateways have none; a proxy must pass /socket.io/ on, too',
    });
  }
  if (OF_OTHERS.has(status)) {
    return strange('websocket', status, { status, headers, sentAt: 0, answeredAt: 0 });
  }
  const found = `asked for a websocket, the server answers ${status}`;
  return finding('websocket', 'upgrade_refused', found, { remedy: PASS_UPGRADES });
}

/** Broken, closed, or over for another reason. */
function ended(socket: WebSocket, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (words: string, cause?: unknown): void =>
      reject(new ClnrestError('connection_failed', words, { cause }));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    socket.on('close', (code) => fail(`closed with code ${code}`));
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
