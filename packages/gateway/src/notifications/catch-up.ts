import { type Message, messageBytes } from './message.ts';

/** Callbacks and limits of a {@link CatchUp}. */
export interface CatchUpParts {
  /** Writes messages. Resolves when the client has read enough to get more. */
  readonly write: (messages: readonly Message[]) => Promise<void> | undefined;
  /** Called when more bytes have arrived in the meantime than may wait. */
  readonly overflow: () => void;
  readonly maxBytes: number;
}

/** Characters of messages that are written at once. */
const MAX_CHUNK = 64 * 1024;

/**
 * Writes what a subscriber missed as fast as it reads, and then the messages that have arrived in the meantime, to keep the
 * order.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  /** Undefined when the subscriber has caught up. */
  #waiting: Message[] | undefined = [];
  #waitingBytes = 0;
  #isStopped = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /** Whether everything has been written, so that new messages can be written directly. */
  get isDone(): boolean {
    return this.#waiting === undefined;
  }

  async run(missed: readonly Message[]): Promise<void> {
    await this.#write(missed);
    while (this.#waiting !== undefined && this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      await this.#write(waiting);
    }
    this.#waiting = undefined;
  }

  /** Keeps messages until it is their turn. */
  add(messages: readonly Message[]): void {
    if (this.#isStopped) return;
    for (const message of messages) {
      this.#waiting?.push(message);
      this.#waitingBytes += messageBytes(message);
    }
    if (this.#waitingBytes > this.#parts.maxBytes) this.#parts.overflow();
  }

  /** Writes nothing more. */
  stop(): void {
    this.#isStopped = true;
    if (this.#waiting !== undefined) this.#waiting = [];
  }

  async #write(messages: readonly Message[]): Promise<void> {
    for (const chunk of chunks(messages)) {
      if (this.#isStopped) return;
      const written = this.#parts.write(chunk);
      if (written !== undefined) await written;
    }
  }
}

/** Messages in chunks of about {@link MAX_CHUNK} characters. */
function* chunks(messages: readonly Message[]): Generator<readonly Message[]> {
  let chunk: Message[] = [];
  let characters = 0;
  for (const message of messages) {
    chunk.push(message);
    characters += message.text.length;
    if (characters < MAX_CHUNK) continue;
    yield chunk;
    chunk = [];
    characters = 0;
  }
  if (chunk.length > 0) yield chunk;
}
