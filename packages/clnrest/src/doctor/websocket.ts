import type { IncomingMessage } from 'node:http';
import { ClnrestError } from '@clnrest/client';
import { WebSocket } from 'ws';
import {
  CONNECT,
  connectResultOf,
  isMissingUpgrade,
  PONG,
  sessionIdOf,
  socketUrl,
} from './engine-io.ts';
import { type Finding, finding } from './findings.ts';
import { readBody } from './read-body.ts';
import { requestFailure, unexpectedResponse } from './request-failure.ts';
import { withStepTimeout } from './step-timeout.ts';
import {
  type Credential,
  reachableFinding,
  socketIoNotOffered,
  subscriptionFinding,
} from './subscription.ts';
import type { DoctorTarget } from './target.ts';

const MAX_BYTES = 64 * 1024;

/** Statuses of a redirect or a proxy, which are unrelated to websockets. */
const UNRELATED_STATUSES = new Set([301, 302, 303, 307, 308, 401, 403, 407, 502, 503, 504]);

/** Gives the settings for nginx; other proxies have equivalent ones. */
const FORWARD_UPGRADES =
  'a proxy drops the upgrade: in nginx, set proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"';

/** Trust settings of the connection. */
export interface WebSocketTrust {
  readonly ca: string | undefined;
  /** Whether to accept an untrusted server. */
  readonly unverified: boolean;
}

/**
 * Checks Socket.IO over a websocket alone, which most subscribers use.
 *
 * @param credential a credential, or the reason to send none
 */
export async function checkWebSocket(
  target: DoctorTarget,
  trust: WebSocketTrust,
  credential: Credential | string,
): Promise<Finding> {
  try {
    return await withStepTimeout(target, (signal) => subscribe(target, trust, credential, signal));
  } catch (error) {
    target.signal.throwIfAborted();
    return requestFailure('websocket', error, undefined);
  }
}

async function subscribe(
  { url }: DoctorTarget,
  { ca, unverified }: WebSocketTrust,
  credential: Credential | string,
  signal: AbortSignal,
): Promise<Finding> {
  const to = socketUrl(url, 'websocket');
  to.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(to, {
    headers: typeof credential === 'string' ? {} : { Rune: credential.rune },
    followRedirects: false,
    maxPayload: MAX_BYTES,
    perMessageDeflate: false,
    rejectUnauthorized: !unverified,
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    return await Promise.race([
      subscribed(socket, credential),
      upgradeRefused(socket),
      disconnected(socket, signal),
    ]);
  } finally {
    // Terminating a socket that is still connecting emits an error.
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

/** Connects as a subscriber does, and resolves with the outcome. */
function subscribed(socket: WebSocket, credential: Credential | string): Promise<Finding> {
  return new Promise((resolve) => {
    let isOpen = false;
    socket.on('message', (data) => {
      const packet = String(data);
      if (packet === '2') socket.send(PONG);
      if (!isOpen && sessionIdOf(packet) !== undefined) {
        isOpen = true;
        if (typeof credential === 'string') resolve(reachableFinding('websocket', credential));
        else socket.send(CONNECT);
      }
      const result = isOpen ? connectResultOf(packet) : undefined;
      if (result === undefined || typeof credential === 'string') return;
      const error = result === 'connected' ? undefined : result;
      resolve(subscriptionFinding('websocket', credential, error));
    });
  });
}

/** Resolves when the server answers the request without upgrading it. */
function upgradeRefused(socket: WebSocket): Promise<Finding> {
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      readBody(response as AsyncIterable<Uint8Array>).then(
        (body) => resolve(responseFinding(response, body)),
        reject,
      );
    });
  });
}

function responseFinding(
  { statusCode: status = 0, headers }: IncomingMessage,
  body: string,
): Finding {
  if (isMissingUpgrade(body)) {
    const found = 'the websocket request reached the server without its upgrade';
    return finding('websocket', 'upgrade_lost', found, { remedy: FORWARD_UPGRADES });
  }
  if (status === 404) {
    return socketIoNotOffered('websocket');
  }
  if (UNRELATED_STATUSES.has(status)) {
    return unexpectedResponse('websocket', status, { status, headers, sentAt: 0, answeredAt: 0 });
  }
  const found = `the server answers the websocket request with status ${status}`;
  return finding('websocket', 'upgrade_refused', found, { remedy: FORWARD_UPGRADES });
}

/** Rejects when the connection breaks or closes, or the signal aborts. */
function disconnected(socket: WebSocket, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (message: string, cause?: unknown): void =>
      reject(new ClnrestError('connection_failed', message, { cause }));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    socket.on('close', (code) => fail(`closed with code ${code}`));
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
