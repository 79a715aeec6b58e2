import type { Duplex } from 'node:stream';
import { TokenBucket } from '@clnrest/bounds';

/** Time for the client to close its half after the last response. */
const CLOSE_DELAY_MS = 1_000;
/** Bytes that all closing connections together discard. Without a limit, a few clients could keep a core busy. */
const DISCARDED = new TokenBucket({ capacity: 8 * 1024 * 1024, perSecond: 16 * 1024 * 1024 });
/** The time for which a connection is not read if the others have used up what can be discarded. */
const PAUSE_MS = 50;

/**
 * Closes a connection after its last response: sends the buffered bytes and the end of our half, and
 * discards further input at a limited rate. Destroys the connection when the client closes its half, or after
 * a second.
 *
 * Destroying it at once would lose the response: a close with unread input is a reset, and a client
 * that is still sending drops what it has not read by then (RFC 9112, section 9.6).
 */
export function closeGently(connection: Duplex): void {
  if (connection.destroyed) return;
  discardInput(connection);
  connection.end(() => destroySoon(connection));
}

/** Destroys a connection a second after the end of our half. */
export function destroyAfterEnd(connection: Duplex): void {
  connection.once('finish', () => destroySoon(connection));
}

/** Input after the last response is not parsed. */
function discardInput(connection: Duplex): void {
  connection.removeAllListeners('data');
  connection.on('data', (chunk: Buffer) => {
    if (DISCARDED.take(chunk.length)) return;
    connection.pause();
    setTimeout(() => {
      if (!connection.destroyed) connection.resume();
    }, PAUSE_MS).unref();
  });
  connection.resume();
}

function destroySoon(connection: Duplex): void {
  const timer = setTimeout(() => connection.destroy(), CLOSE_DELAY_MS);
  connection.once('close', () => clearTimeout(timer));
}
