/** What one gateway spends on callers of whom it knows nothing yet. All times in milliseconds. */
export interface Limits {
  /** Connections at once, but for those of listeners. Further ones are closed as they come. */
  readonly connections: number;
  /** Listeners at once that have shown a rune. */
  readonly listeners: number;
  /** Bytes that one listener may leave unread. */
  readonly listenerBytes: number;
  /** Bytes of one message from a listener. */
  readonly listenerMessageBytes: number;
  /** Notifications that are kept for listeners that come back, and bytes that they hold. */
  readonly historyMessages: number;
  readonly historyBytes: number;
  /** Time for a TLS handshake. */
  readonly handshakeMs: number;
  /** Time for the headers to arrive, from the first byte, or from the connection being made. */
  readonly headersMs: number;
  /** Time for a whole request to arrive, headers and body. */
  readonly requestMs: number;
  /** Time that a connection may rest between requests. */
  readonly keepAliveMs: number;
  /** Bytes of all headers together, the first line included. */
  readonly headerBytes: number;
  readonly headers: number;
  /** Characters of the URL. */
  readonly urlLength: number;
  /** Bytes of one body. */
  readonly bodyBytes: number;
  /** Bytes of all bodies together that are being read, or judged. */
  readonly bodyBytesAtOnce: number;
  /** Bodies that the parser thread may have at once, waiting ones included. */
  readonly parsing: number;
  /** Time to parse one body, without the time that it waits for others. */
  readonly parseMs: number;
  /** Requests that one connection may send ahead while an earlier one is being answered. */
  readonly pipelined: number;
  /** Commands that the node runs for callers at once, waiting ones included. */
  readonly commands: number;
  /** Answers that are compressed at once; further ones are sent as they are. */
  readonly compressors: number;
  /** Connections to the node that are kept for the next command. The node leaks a little for each. */
  readonly idleConnections: number;
  /** Time for the node to judge a rune or to list its commands. Commands have no limit. */
  readonly nodeMs: number;
  /** Time for which a caller may leave an answer unread that is being sent. */
  readonly stalledReaderMs: number;
  /** Time for what runs to end when the plugin is told to stop. lightningd kills after 30,000. */
  readonly closeMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Connections to the node that the commands of callers may take, and one more: to list the node's
 * commands must not wait for those that run. The judge has a connection of its own.
 */
export function nodeConnections({ commands }: Limits): number {
  return commands + 1;
}

/**
 * Characters of notifications that may wait for the node to judge a rune. They go out at once when it
 * has, and must not look like what a listener leaves unread.
 */
export function waitingBytes({ listenerBytes }: Limits): number {
  return listenerBytes / 2;
}

/** The limits of a running gateway. `docs/reference/rest.md` lists them. */
export const LIMITS: Limits = {
  connections: 1_000,
  listeners: 10_000,
  listenerBytes: MIB,
  listenerMessageBytes: 64 * KIB,
  historyMessages: 10_000,
  historyBytes: 8 * MIB,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than the pools of common clients and proxies keep a connection, so that it is they who
  // close it and not we, while they send the next request on it.
  keepAliveMs: 75_000,
  headerBytes: 16 * KIB,
  headers: 100,
  urlLength: 4 * KIB,
  bodyBytes: 4 * MIB,
  bodyBytesAtOnce: 64 * MIB,
  parsing: 256,
  // 0.5 s was the most that any body took; ten times that under --jitless.
  parseMs: 10_000,
  pipelined: 16,
  commands: 256,
  compressors: 16,
  idleConnections: 128,
  nodeMs: 30_000,
  stalledReaderMs: 60_000,
  closeMs: 1_000,
};
