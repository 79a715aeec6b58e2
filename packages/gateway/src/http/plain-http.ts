import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { errorPage } from './error-page.ts';
import type { Refusal } from '../refusals.ts';
import { wantsHtml } from './wants-html.ts';

/** The first bytes of a request: GET and a blank, or another method. A TLS connection begins with byte 22. */
const REQUEST = /^[A-Z]{3,10} /;
/** Bytes in which the headers are searched. */
const MAX_HEAD_BYTES = 16_384;

/**
 * Passes connections that begin with plain HTTP to a handler, before TLS reads from them. The handler gets the first bytes, of
 * which TLS would show nothing. All other connections go on to TLS.
 *
 * @param timeoutMs - the time for the first byte. The time for the TLS handshake begins after it.
 */
export function handlePlainHttp(
  server: Server,
  timeoutMs: number,
  handle: (socket: Socket, head: Buffer) => void,
): void {
  // node:tls listens here to start the handshake.
  const startTls = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const destroy = (): void => void socket.destroy();
    socket.on('error', destroy).once('close', () => clearTimeout(timer));
    socket.once('readable', () => {
      clearTimeout(timer);
      socket.off('error', destroy);
      const head = socket.read() as Buffer | null;
      if (head === null) {
        socket.on('error', destroy).destroy();
      } else if (REQUEST.test(head.toString('latin1', 0, 12))) {
        handle(socket, head);
      } else {
        // TLSSocket takes what the socket has buffered first (Node 20, 22 and 24).
        socket.unshift(head);
        for (const listener of startTls) listener.call(server, socket);
      }
    });
  });
}

/** Returns the refusal of plain HTTP as a page with a link that works, if the client wants a page. */
export function plainHttpPage(refusal: Refusal, head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, MAX_HEAD_BYTES);
  const header = (name: string): string | undefined =>
    new RegExp(`\\r\\n${name}:[ \\t]*([^\\r\\n]*)`, 'i').exec(text)?.[1];
  if (!wantsHtml({ accept: header('accept'), rune: header('rune') })) return undefined;
  const host = header('host') ?? '';
  const href = `https://${host}/`;
  const isHost = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\s*$/i.test(host);
  return errorPage(refusal, isHost ? [{ href, text: href }] : []);
}
