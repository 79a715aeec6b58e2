import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FakeGateway } from './gateway.ts';

const OPEN = '0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}';

/** Socket.IO's packet that confirms a connection. */
export const CONNECTED = '40{"sid":"xyz"}';

/** Returns Socket.IO's packet that refuses a connection. */
export function connectError(code: number, message: string): string {
  return `44${JSON.stringify({ message, data: { code, message } })}`;
}

/** Returns handlers for polling that open a session, record posted packets, and send a connect result. */
export function pollingHandlers(
  result: string,
  posted: string[] = [],
): Record<string, RequestListener> {
  return {
    'GET /socket.io/': (request, response) => {
      const isFirst = !(request.url ?? '').includes('sid=');
      response.end(isFirst ? OPEN : result);
    },
    'POST /socket.io/': async (request, response) => {
      posted.push(await text(request));
      response.end('ok');
    },
  };
}

/** Accepts websockets, sends an open packet, and calls back for each packet that arrives. */
export function acceptWebSockets(
  { server }: FakeGateway,
  onPacket: (socket: WebSocket, packet: string) => void,
  open = OPEN,
): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      webSocket.on('message', (data) => onPacket(webSocket, String(data)));
      if (open !== '') webSocket.send(open);
    });
  });
}
