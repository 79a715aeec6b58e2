import type { ServerResponse } from 'node:http';
import type { Refusal } from '../refusals.ts';
import { errorEnvelope } from '../http/error-envelope.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Missed } from './history.ts';
import { type Message, messageBytes } from './message.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

/** Shorter than the timeout of proxies, which close connections that are idle for a minute. */
const HEARTBEAT_MS = 15_000;
/** The delay before a client reconnects. */
const RETRY_MS = 3_000;
/** The labels of the metrics. */
const LABELS = ['events'];
/** Characters of missed messages that are written before the stream waits for the client to read. */
const MAX_CHUNK = 64 * 1024;

export interface EventStreamParts {
  readonly response: ServerResponse;
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly limits: Pick<Limits, 'subscriberBytes' | 'stalledReaderMs'>;
  readonly encoder: EventEncoder;
  readonly metrics: Pick<Metrics, 'delivered' | 'dropped' | 'missed'>;
  /** The sequence number of the last delivered message, after the stream has caught up. */
  readonly lastDelivered: () => number;
  /** Called when the stream disconnects a client that does not read. */
  readonly onStalled: () => void;
  /** Called when the stream has ended. Can be called more than once. */
  readonly onClose: () => void;
}

/** One subscriber over server-sent events (WHATWG HTML, section 9.2). */
export class EventStream implements Subscriber {
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly #parts: EventStreamParts;
  /** Messages that arrive while missed messages are written. They are written afterwards, to keep the order. */
  #pending: Message[] | undefined = [];
  #pendingBytes = 0;
  #isStarted = false;
  #endReason: Refusal | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.permissions = parts.permissions;
    this.topics = parts.topics;
    parts.response.once('close', () => this.#closed());
  }

  /** Writes the head, then the missed messages as fast as the client reads, then the pending messages. */
  async start({ messages, isComplete, after }: Missed): Promise<void> {
    const { response, encoder } = this.#parts;
    if (response.destroyed) return;
    writeHead(response);
    const id = encoder.idLine(after);
    response.write(`retry: ${RETRY_MS}\n${isComplete ? id : ''}: listening\n\n`);
    this.#isStarted = true;
    if (this.#endReason !== undefined) {
      this.end(this.#endReason);
      return;
    }
    if (!isComplete) {
      this.#parts.metrics.missed.add();
      const message = 'Some notifications were missed: the server no longer has them';
      // The id follows the event: a client that disconnects before receives `missed` again.
      response.write(`event: missed\ndata: {"message":"${message}"}\n\n${id}\n`);
    }
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    await this.#write(messages);
    while (this.#pending !== undefined && this.#pending.length > 0) {
      const pending = this.#pending;
      this.#pending = [];
      this.#pendingBytes = 0;
      await this.#write(pending);
    }
    this.#pending = undefined;
  }

  deliver(messages: readonly Message[]): void {
    const { response, limits, encoder, metrics } = this.#parts;
    if (this.#pending !== undefined) {
      this.#defer(messages, this.#pending);
    } else if (response.writableLength > limits.subscriberBytes) {
      metrics.dropped.add(LABELS, messages.length);
      this.#disconnect();
    } else {
      metrics.delivered.add(LABELS, messages.length);
      response.write(encoder.encode(messages));
    }
  }

  /** Ends the stream, even if missed messages have not been written: the rune no longer permits them. */
  end(reason: Refusal): void {
    this.#endReason = reason;
    if (!this.#isStarted) return;
    this.#closed();
    this.#parts.response.end(`event: closed\ndata: ${errorEnvelope(reason)}\n\n`);
  }

  /** Keeps the connection open. After the stream has caught up, also updates the id for a reconnect. */
  #beat(): void {
    const { response, encoder, lastDelivered } = this.#parts;
    const id = this.#pending === undefined ? encoder.idLine(lastDelivered()) : '';
    response.write(`:\n${id}\n`);
  }

  #defer(messages: readonly Message[], pending: Message[]): void {
    for (const message of messages) {
      pending.push(message);
      this.#pendingBytes += messageBytes(message);
    }
    if (this.#pendingBytes > this.#parts.limits.subscriberBytes) this.#disconnect();
  }

  async #write(messages: readonly Message[]): Promise<void> {
    const { response, encoder } = this.#parts;
    for (const chunk of chunks(messages)) {
      if (response.destroyed || this.#endReason !== undefined) return;
      this.#parts.metrics.delivered.add(LABELS, chunk.length);
      if (!response.write(encoder.encode(chunk))) await this.#drained();
    }
  }

  /** Resolves when the client has read everything, or is disconnected. */
  #drained(): Promise<void> {
    const { response, limits } = this.#parts;
    return new Promise((resolve) => {
      const timeout = setTimeout(() => this.#disconnect(), limits.stalledReaderMs);
      const done = (): void => {
        clearTimeout(timeout);
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }

  #disconnect(): void {
    this.#parts.onStalled();
    this.#parts.response.destroy();
    this.#closed();
  }

  #closed(): void {
    clearInterval(this.#heartbeat);
    if (this.#pending !== undefined) this.#pending = [];
    this.#parts.onClose();
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

/** Writes the head of an event stream. */
export function writeHead(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Disables buffering by nginx.
    'X-Accel-Buffering': 'no',
  });
}
