/** Limits on what clients can use of one gateway. All times are in milliseconds. */
export interface Limits {
  /** Concurrent connections, except those of subscribers. Further ones are closed immediately. */
  readonly connections: number;
  /** Concurrent subscribers that have authenticated. */
  readonly subscribers: number;
  /** Bytes that one subscriber can leave unread. */
  readonly subscriberBytes: number;
  /** Bytes of one message from a subscriber. */
  readonly subscriberMessageBytes: number;
  /** Notifications that are kept for subscribers that reconnect, and the bytes that they take. */
  readonly historyMessages: number;
  readonly historyBytes: number;
  /** Time for a TLS handshake. */
  readonly handshakeMs: number;
  /** Time for the headers to arrive, from the first byte or from the start of the connection. */
  readonly headersMs: number;
  /** Time for a request to arrive, headers and body. */
  readonly requestMs: number;
  /** Time that a connection can be idle between requests. */
  readonly keepAliveMs: number;
  /** Bytes of all headers together, including the request line. */
  readonly headerBytes: number;
  readonly headers: number;
  /** Characters of the URL. */
  readonly urlLength: number;
  /** Bytes of one body. */
  readonly bodyBytes: number;
  /** Bytes of all bodies together that are being read or checked. */
  readonly bodyBytesAtOnce: number;
  /** Concurrent bodies of the parser thread, including waiting ones. */
  readonly parsing: number;
  /** Time to parse one body, without waiting time. */
  readonly parseMs: number;
  /** Pipelined requests that wait on one connection. */
  readonly pipelined: number;
  /** Concurrent commands in the node, including waiting ones. */
  readonly commands: number;
  /** Results that are compressed concurrently. Further ones are sent uncompressed. */
  readonly compressors: number;
  /** Idle connections to the node that are kept. The node leaks a little memory for each new one. */
  readonly idleConnections: number;
  /** Time for the node to check a rune or to list its commands. Other commands have no limit. */
  readonly nodeMs: number;
  /** Time for which a client can leave a response unread. */
  readonly stalledReaderMs: number;
  /** Time for running commands to end when the plugin stops. lightningd kills the plugin after 30,000. */
  readonly closeMs: number;
  /**
   * Time at the start for another process to release the port. Until then `init` is pending, for which lightningd waits
   * 120,000.
   */
  readonly portWaitMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * The size of the connection pool to the node: one connection for each command, and one to list the node's
 * commands without waiting for running ones. `checkrune` has a separate connection.
 */
export function nodeConnections({ commands }: Limits): number {
  return commands + 1;
}

/**
 * Characters of notifications that can wait for the node to check a rune. They are sent together
 * afterwards, and must not exceed what a subscriber can leave unread.
 */
export function waitingBytes({ subscriberBytes }: Limits): number {
  return subscriberBytes / 2;
}

/** The limits of a running gateway. `docs/reference/rest.md` lists them. */
export const LIMITS: Limits = {
  connections: 1_000,
  subscribers: 10_000,
  subscriberBytes: MIB,
  subscriberMessageBytes: 64 * KIB,
  historyMessages: 10_000,
  historyBytes: 8 * MIB,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than common clients and proxies keep a pooled connection. If the server closed it first, it could
  // close it while the client sends the next request.
  keepAliveMs: 75_000,
  headerBytes: 16 * KIB,
  headers: 100,
  urlLength: 4 * KIB,
  bodyBytes: 4 * MIB,
  bodyBytesAtOnce: 64 * MIB,
  parsing: 256,
  // The slowest body took 0.5 s, and 5 s under --jitless.
  parseMs: 10_000,
  pipelined: 16,
  commands: 256,
  compressors: 16,
  idleConnections: 128,
  nodeMs: 30_000,
  stalledReaderMs: 60_000,
  closeMs: 1_000,
  portWaitMs: 3_000,
};
