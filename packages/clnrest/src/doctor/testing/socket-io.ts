import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ScriptedGateway } from './gateway.ts';

const OPEN = '0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}';

/** Socket.IO's packet that lets a listener in. */
export const WELCOME = '40{"sid":"xyz"}';

/** Socket.IO's packet that does not. */
export function unwelcome(code: number, message: string): string {
  return `44${JSON.stringify({ message, data: { code, message } })}`;
}

/** Answers polls: with an open packet, then to what is posted, then with this. */
export function polls(reception: string, posted: string[] = []): Record<string, RequestListener> {
  return {
    'GET /socket.io/': (request, response) => {
      const isFirst = !(request.url ?? '').includes('sid=');
      response.end(isFirst ? OPEN : reception);
    },
    'POST /socket.io/': async (request, response) => {
      posted.push(await text(request));
      response.end('ok');
    },
  };
}

/** Takes websockets at a gateway, says what Engine.IO says first, and answers what comes. */
export function webSockets(
  { server }: ScriptedGateway,
  answer: (socket: WebSocket, packet: string) => void,
  open = OPEN,
): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      webSocket.on('message', (data) => answer(webSocket, String(data)));
      if (open !== '') webSocket.send(open);
    });
  });
}
