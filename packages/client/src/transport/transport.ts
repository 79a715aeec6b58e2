/** A request to send. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Aborting closes the connection, at any time until the body has ended. */
  readonly signal: AbortSignal;
}

/** A response whose body is still unread. */
export interface TransportAnswer {
  readonly status: number;
  /** Returns the value of a header. The name is in lower case. */
  header(name: string): string | undefined;
  /**
   * The body as it arrives, with backpressure. It ends normally only if it is complete, and throws otherwise.
   * Leaving the loop closes the connection.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Sends requests: over node:https in Node, over fetch elsewhere, or a custom one. It must not follow redirects,
 * since the rune is for one server, and must send each request once.
 */
export interface Transport {
  /** Rejects with a ClnrestError, or with any error if the signal is aborted. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** Closes idle connections. */
  close(): void;
}

/** Settings of a transport. */
export interface TransportSettings {
  readonly url: URL;
  /** The only certificate authorities to trust, as PEM text. */
  readonly ca: string | undefined;
}
