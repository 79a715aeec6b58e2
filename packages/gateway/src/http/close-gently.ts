import type { Duplex } from 'node:stream';

/** Time for the client to close its half after the last response. */
const CLOSE_DELAY_MS = 1_000;

/**
 * Closes a connection after its last response: sends the buffered bytes and the end of our half, and
 * discards further input. Destroys the connection when the client closes its half, or after a second.
 *
 * Destroying it at once would lose the response: a close with unread input is a reset, and a client
 * that is still sending drops what it has not read by then (RFC 9112, section 9.6).
 */
export function closeGently(connection: Duplex): void {
  if (connection.destroyed) return;
  connection.end(() => destroySoon(connection));
}

/** Destroys a connection a second after the end of our half. */
export function destroyAfterEnd(connection: Duplex): void {
  connection.once('finish', () => destroySoon(connection));
}

function destroySoon(connection: Duplex): void {
  const timer = setTimeout(() => connection.destroy(), CLOSE_DELAY_MS);
  connection.once('close', () => clearTimeout(timer));
}
