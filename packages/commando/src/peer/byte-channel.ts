/** Receives what happens on a {@link ByteChannel}. */
export interface ByteReceiver {
  onBytes(bytes: Uint8Array): void;
  /** All bytes that were sent are on their way. */
  onDrain(): void;
  /** Called once, at the end. No other call follows. */
  onClose(cause: Error | undefined): void;
}

/** A connection that carries bytes in both directions: a TCP socket or a WebSocket. */
export interface ByteChannel {
  /** Starts to receive. Called once. */
  open(receiver: ByteReceiver): void;
  /** Queues bytes. Has no effect after the end. */
  send(bytes: Uint8Array): void;
  /** Bytes that were sent and are not on their way yet. */
  readonly pendingBytes: number;
  /** Stops reading, so that the peer must wait. Has no effect in browsers. */
  pause(): void;
  resume(): void;
  /** Whether the connection keeps the program running. Has no effect in browsers. */
  keepAlive(keeps: boolean): void;
  /** Closes immediately. `onClose` follows. */
  close(): void;
}

/** Where to connect to. */
export type ChannelTarget =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'websocket'; readonly url: string };
