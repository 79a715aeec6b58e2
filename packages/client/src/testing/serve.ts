import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a server that runs until the test finishes; resolves with its URL. */
export async function serve(
  listener: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
): Promise<string> {
  const server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
}

/** Starts a TCP server, for responses that are not valid HTTP; resolves with its URL. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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

/** Resolves with the error that a promise rejects with. */
export async function errorOf(failing: Promise<unknown>): Promise<unknown> {
  return failing.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}
