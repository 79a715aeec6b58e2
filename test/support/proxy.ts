import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** What a proxy does that it should not. */
export interface ProxyHabits {
  /** `dropped`: the request goes on without its upgrade, as nginx does by default. */
  readonly upgrades?: 'dropped' | 'refused';
  /** Bodies of streams wait for their end, as with nginx's buffers. */
  readonly streams?: 'held';
  /** Headers that it does not know are not passed on. */
  readonly rune?: 'dropped';
  /** Nobody listens behind it. */
  readonly target?: 'nobody';
}

/** A proxy before a server without TLS, until the test ends; gives its URL. */
export async function startProxy(target: string, habits: ProxyHabits): Promise<string> {
  const to = habits.target === 'nobody' ? new URL('http://127.0.0.1:1') : new URL(target);
  const server: Server = createServer((request, response) => {
    const onward = httpRequest(new URL(request.url ?? '', to), {
      method: request.method,
      headers: headersOf(request, habits),
    });
    onward.on('error', () => response.writeHead(502).end('<html>bad gateway</html>'));
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      const isStream = answer.headers['content-type'] === 'text/event-stream';
      if (isStream && habits.streams === 'held') answer.resume();
      else answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  if (habits.upgrades !== 'dropped') {
    server.on('upgrade', (request, socket) => upgrade(request, socket, to, habits));
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

function headersOf({ headers }: IncomingMessage, habits: ProxyHabits) {
  const { upgrade: _, connection: __, rune, ...rest } = headers;
  return habits.rune === 'dropped' || rune === undefined ? rest : { ...rest, rune };
}

/** Passes a connection on as it is. */
function upgrade(request: IncomingMessage, socket: Duplex, to: URL, habits: ProxyHabits): void {
  socket.on('error', () => undefined);
  if (habits.upgrades === 'refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const onward = connect(Number(to.port), to.hostname);
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  const { rawHeaders, method, url } = request;
  let head = `${method} ${url} HTTP/1.1\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const isDropped = habits.rune === 'dropped' && rawHeaders[i]?.toLowerCase() === 'rune';
    if (!isDropped) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
  }
  onward.write(`${head}\r\n`);
  onward.pipe(socket).pipe(onward);
}
