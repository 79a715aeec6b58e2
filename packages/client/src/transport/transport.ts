/** A request as it goes out. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Closes the connection when it aborts, at any time until the body has ended. */
  readonly signal: AbortSignal;
}

/** An answer whose body is still to come. */
export interface TransportAnswer {
  readonly status: number;
  /** The header of this name, which is in lower case. */
  header(name: string): string | undefined;
  /**
   * The body as it arrives; whoever reads slowly slows the server down. It ends only where the whole has
   * arrived, else it throws. Leaving it early closes the connection.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * What carries requests: node:https in Node, fetch elsewhere, or one of your own. It follows no redirect,
 * since the rune is for one server, and sends nothing twice.
 */
export interface Transport {
  /** Rejects with a ClnrestError, or with whatever it likes when the signal is aborted. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** Lets connections go that nobody uses. */
  close(): void;
}

/** What a transport is made for. */
export interface TransportSettings {
  readonly url: URL;
  /** Certificate authorities as PEM text: these are trusted, and no others. */
  readonly ca: string | undefined;
}
