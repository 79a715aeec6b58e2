import type { ServerResponse } from 'node:http';
import type { Refusal } from '../errors.ts';
import { envelope } from '../http/envelope.ts';
import type { Limits } from '../limits.ts';
import type { Listener } from './audience.ts';
import type { Hearing } from './hearing.ts';
import type { Missed } from './history.ts';
import { type Message, messageBytes } from './message.ts';
import type { Topics } from './topics.ts';

/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** How long a client should wait before it comes back. */
const RETRY_MS = 3_000;
/** So many characters of what was missed are written at once, or one message; then they must be read. */
const AT_ONCE = 64 * 1024;

/** What an event stream is made of. */
export interface EventStreamParts {
  readonly response: ServerResponse;
  readonly hearing: Hearing;
  readonly topics: Topics;
  /** How much may lie unread, and for how long while the listener catches up. */
  readonly limits: Pick<Limits, 'subscriberBytes' | 'stalledReaderMs'>;
  /** Messages as events. */
  readonly words: EventWords;
  /** The number of the last message that went to this listener, once it has caught up. */
  readonly delivered: () => number;
  /** It does not read, and is to be cut off. */
  readonly stalled: () => void;
  /** It is over, by its own will or ours. */
  readonly left: () => void;
}

/** One listener by server-sent events (WHATWG HTML, section 9.2). */
export class EventStream implements Listener {
  readonly hearing: Hearing;
  readonly topics: Topics;
  readonly #parts: EventStreamParts;
  /**
   * What comes before the listener has caught up: it must stand behind what was missed. As much as may
   * lie unread; more, and the listener is cut off.
   */
  #held: Message[] | undefined = [];
  #heldBytes = 0;
  /** The head is out. */
  #isOpen = false;
  /** Why it hears no more. */
  #reason: Refusal | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.hearing = parts.hearing;
    this.topics = parts.topics;
    parts.response.once('close', () => this.#leave());
  }

  /** Writes the head, and what the listener missed, as fast as it is read; then what has come since. */
  async begin({ messages, isWhole, after }: Missed): Promise<void> {
    const { response, words } = this.#parts;
    if (response.destroyed) return;
    writeHead(response);
    const id = words.idOf(after);
    response.write(`retry: ${RETRY_MS}\n${isWhole ? id : ''}: listening\n\n`);
    this.#isOpen = true;
    if (this.#reason !== undefined) {
      this.end(this.#reason);
      return;
    }
    if (!isWhole) {
      const sentence = 'Some notifications since then are not held any more';
      // The id behind it: who does not get this far has to be told again.
      response.write(`event: missed\ndata: {"message":"${sentence}"}\n\n${id}\n`);
    }
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    await this.#write(messages);
    while (this.#held !== undefined && this.#held.length > 0) {
      const held = this.#held;
      this.#held = [];
      this.#heldBytes = 0;
      await this.#write(held);
    }
    this.#held = undefined;
  }

  deliver(messages: readonly Message[]): void {
    const { response, limits, words } = this.#parts;
    if (this.#held !== undefined) this.#hold(messages, this.#held);
    else if (response.writableLength > limits.subscriberBytes) this.#cutOff();
    else response.write(words.of(messages));
  }

  /** Also in the middle of what it missed: it may hear no more. */
  end(reason: Refusal): void {
    this.#reason = reason;
    if (!this.#isOpen) return;
    this.#leave();
    this.#parts.response.end(`event: closed\ndata: ${envelope(reason)}\n\n`);
  }

  /** Shows that we are there, and, once it has caught up, behind what it may come back later. */
  #beat(): void {
    const { response, words, delivered } = this.#parts;
    const id = this.#held === undefined ? words.idOf(delivered()) : '';
    response.write(`:\n${id}\n`);
  }

  #hold(messages: readonly Message[], held: Message[]): void {
    for (const message of messages) {
      held.push(message);
      this.#heldBytes += messageBytes(message);
    }
    if (this.#heldBytes > this.#parts.limits.subscriberBytes) this.#cutOff();
  }

  async #write(messages: readonly Message[]): Promise<void> {
    const { response, words } = this.#parts;
    for (const piece of pieces(messages)) {
      if (response.destroyed || this.#reason !== undefined) return;
      if (!response.write(words.of(piece))) await this.#read();
    }
  }

  /** Resolves when what was written has been read, or nobody is there any more. */
  #read(): Promise<void> {
    const { response, limits } = this.#parts;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#cutOff(), limits.stalledReaderMs);
      const goOn = (): void => {
        clearTimeout(late);
        response.off('drain', goOn).off('close', goOn);
        resolve();
      };
      response.on('drain', goOn).on('close', goOn);
    });
  }

  #cutOff(): void {
    this.#parts.stalled();
    this.#parts.response.destroy();
    this.#leave();
  }

  #leave(): void {
    clearInterval(this.#heartbeat);
    if (this.#held !== undefined) this.#held = [];
    this.#parts.left();
  }
}

/** Messages in portions of about {@link AT_ONCE} characters. */
function* pieces(messages: readonly Message[]): Generator<readonly Message[]> {
  let piece: Message[] = [];
  let characters = 0;
  for (const message of messages) {
    piece.push(message);
    characters += message.text.length;
    if (characters < AT_ONCE) continue;
    yield piece;
    piece = [];
    characters = 0;
  }
  if (piece.length > 0) yield piece;
}

/** The head of a stream of events. */
export function writeHead(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // nginx holds answers back otherwise.
    'X-Accel-Buffering': 'no',
  });
}

/** Puts messages into words, once for all listeners that hear the same. */
export class EventWords {
  readonly #epoch: string;
  readonly #written = new WeakMap<readonly Message[], Buffer>();

  /** The epoch stands before the sequence number in an event's id. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  /** The line that says behind which message a listener stands. */
  idOf(sequence: number): string {
    return `id: ${this.#epoch}-${sequence}\n`;
  }

  of(messages: readonly Message[]): Buffer {
    let written = this.#written.get(messages);
    if (written === undefined) {
      written = Buffer.from(messages.map((message) => this.#text(message)).join(''));
      this.#written.set(messages, written);
    }
    return written;
  }

  /** A line end in a plugin's JSON stands between values, where the stream's own line ends may stand. */
  #text({ sequence, topic, text }: Message): string {
    const data = text.split(/\r\n|\r|\n/).join('\ndata: ');
    const name = topic.replaceAll(/[\r\n]/g, ' ');
    return `${this.idOf(sequence)}event: ${name}\ndata: ${data}\n\n`;
  }
}
