import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Goes on with a request that offered an upgrade which we do not take: it counts as if it had not (RFC
 * 9110, section 7.8). node:http has let go of the connection by then, so its body is read here. Some clients offer HTTP/2
 * so with each request over plain HTTP.
 *
 * `undefined` for a body without a length, which can't be told from what comes after it.
 */
export function declineUpgrade(
  offered: IncomingMessage,
  socket: Socket,
  head: Buffer,
  Response: typeof ServerResponse<IncomingMessage>,
): { request: IncomingMessage; response: ServerResponse } | undefined {
  const length = Number(offered.headers['content-length'] ?? 0);
  if (offered.headers['transfer-encoding'] !== undefined || !Number.isSafeInteger(length)) {
    return undefined;
  }
  const request = new IncomingMessage(socket);
  const { headers, httpVersion, httpVersionMajor, httpVersionMinor, method, rawHeaders, url } =
    offered;
  Object.assign(request, { httpVersion, httpVersionMajor, httpVersionMinor, method, url });
  request.headers = headers;
  request.rawHeaders = rawHeaders;
  readBody(request, socket, head, length);

  const response = new Response(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  return { request, response };
}

function readBody(request: IncomingMessage, socket: Socket, head: Buffer, length: number): void {
  let left = length;
  const take = (bytes: Buffer): void => {
    if (left > 0 && bytes.length > 0) request.push(bytes.subarray(0, left));
    left -= bytes.length;
    if (left > 0) return;
    socket.off('data', take);
    request.complete = true;
    request.push(null);
    // What comes later is nobody's.
    socket.resume();
  };
  socket.once('close', () => {
    if (!request.complete) request.destroy(new Error('the caller left'));
  });
  if (left > 0) socket.on('data', take);
  take(head);
}
