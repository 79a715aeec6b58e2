import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves until the test is over, and says where. */
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

/** Serves bytes, whatever they are. */
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

/** Answers every request with this. */
export function answering(
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

/** What a gateway says of an error. */
export function envelope(code: number, message: string, data?: string): string {
  const error = `"code":${code},"message":${JSON.stringify(message)}${data === undefined ? '' : `,"data":${data}`}`;
  return `{${error},"error":{${error}}}`;
}

/** The error that something fails with. */
export async function errorOf(failing: Promise<unknown>): Promise<unknown> {
  return failing.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}
