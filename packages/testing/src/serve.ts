import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on loopback that closes when the test ends. */
export interface TestServer {
  readonly url: string;
  readonly server: Server;
}

/** Serves HTTP, or HTTPS if TLS options are given. */
export async function serve(listener: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
  const port = await listen(server);
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, server };
}

/** Serves TCP connections, for responses that are not valid HTTP. Returns the port. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(
    createTcp((socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
  );
}

async function listen(server: TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Returns a listener that sends the same response to every request. */
export function respondWith(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): RequestListener {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** The gateway's error format. */
export function envelope(code: number, message: string, data?: string): string {
  const error = `"code":${code},"message":${JSON.stringify(message)}${data === undefined ? '' : `,"data":${data}`}`;
  return `{${error},"error":{${error}}}`;
}
