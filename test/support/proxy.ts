import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Faults of a misconfigured proxy. */
export interface ProxyFaults {
  /** `dropped`: the proxy forwards the request without its upgrade, as nginx does by default. */
  readonly upgrades?: 'dropped' | 'refused';
  /** The proxy buffers streams until their end, as nginx does. */
  readonly streams?: 'buffered';
  /** The proxy drops headers that it does not know. */
  readonly rune?: 'dropped';
  /** No server listens at the proxy's target. */
  readonly target?: 'unreachable';
}

/** Starts a proxy to a server without TLS and stops it after the test. Resolves with its URL. */
export async function startProxy(target: string, faults: ProxyFaults): Promise<string> {
  const to = faults.target === 'unreachable' ? new URL('http://127.0.0.1:1') : new URL(target);
  const server: Server = createServer((request, response) => {
    const onward = httpRequest(new URL(request.url ?? '', to), {
      method: request.method,
      headers: headersOf(request, faults),
    });
    onward.on('error', () => response.writeHead(502).end('<html>bad gateway</html>'));
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      const isStream = answer.headers['content-type'] === 'text/event-stream';
      if (isStream && faults.streams === 'buffered') answer.resume();
      else answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  if (faults.upgrades !== 'dropped') {
    server.on('upgrade', (request, socket) => upgrade(request, socket, to, faults));
  }
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function headersOf({ headers }: IncomingMessage, faults: ProxyFaults) {
  const { upgrade: _, connection: __, rune, ...rest } = headers;
  return faults.rune === 'dropped' || rune === undefined ? rest : { ...rest, rune };
}

/** Forwards a connection unchanged. */
function upgrade(request: IncomingMessage, socket: Duplex, to: URL, faults: ProxyFaults): void {
  socket.on('error', () => undefined);
  if (faults.upgrades === 'refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const onward = connect(Number(to.port), to.hostname);
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  const { rawHeaders, method, url } = request;
  let head = `${method} ${url} HTTP/1.1\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const isDropped = faults.rune === 'dropped' && rawHeaders[i]?.toLowerCase() === 'rune';
    if (!isDropped) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  onward.write(`${head}\r\n`);
  onward.pipe(socket).pipe(onward);
}
