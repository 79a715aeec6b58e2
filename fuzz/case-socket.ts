import { once } from 'node:events';
import type { Socket } from 'node:net';

/** The connection over which a case is sent: what the server does with it, and waits that end. */
export class CaseSocket {
  readonly raw: Socket;
  /** Resolves when the connection has closed. */
  readonly closed: Promise<void>;
  #isClosed = false;
  #hasConnected = false;
  #hasEnded = false;
  #sent = 0;
  #onActivity: () => void = () => undefined;

  constructor(socket: Socket) {
    this.raw = socket;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        this.#onActivity();
        resolve();
      });
    });
    socket.once('end', () => {
      this.#hasEnded = true;
      this.#onActivity();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  /** The server has sent FIN. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Bytes that were written. */
  get sent(): number {
    return this.#sent;
  }

  /** Reads until the connection closes. */
  read(onBytes: (bytes: Buffer) => void): void {
    this.raw.on('data', (bytes: Buffer) => {
      onBytes(bytes);
      this.#onActivity();
    });
  }

  /** Resolves when the socket emits this event, or closes. */
  async connect(event: 'connect' | 'secureConnect'): Promise<void> {
    const connected = new Promise<void>((resolve) => {
      this.raw.once(event, () => {
        this.#hasConnected = true;
        resolve();
      });
    });
    await Promise.race([connected, this.closed]);
  }

  /** Writes bytes. Resolves with false if the server has not read enough of them in time. */
  async write(bytes: Uint8Array, ms: number): Promise<boolean> {
    this.#sent += bytes.length;
    if (this.raw.write(bytes)) return true;
    const drained = once(this.raw, 'drain').catch(() => undefined);
    return this.#within(ms, Promise.race([drained, this.closed]));
  }

  /** Resolves with whether the connection closes in time. */
  closes(ms: number): Promise<boolean> {
    return this.#within(ms, this.closed);
  }

  /** Resolves when bytes arrive, when the server sends FIN, when the connection closes, or after a time. */
  async nextBytes(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onActivity = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Closes the connection, and resolves when that has happened. */
  async destroy(): Promise<void> {
    this.raw.destroy();
    await this.closed;
  }

  async #within(ms: number, event: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), Math.max(1, ms));
    });
    const isInTime = await Promise.race([event.then(() => true), late]);
    clearTimeout(timer);
    return isInTime;
  }
}
