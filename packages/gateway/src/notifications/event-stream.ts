import type { ServerResponse } from 'node:http';
import type { Refusal } from '../refusals.ts';
import { errorEnvelope } from '../http/error-envelope.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { CatchUp } from './catch-up.ts';
import type { EventEncoder } from './event-encoder.ts';
import type { Missed } from './history.ts';
import { type Message, MISSED_TEXT } from './message.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

/** Shorter than the timeout of proxies, which close connections that are idle for a minute. */
const HEARTBEAT_MS = 15_000;
/** The shortest and the longest delay before a client reconnects. */
const RETRY_MS = { min: 2_000, max: 4_000 };
/** The labels of the metrics. */
const LABELS = ['events'];

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

/** Differs between connections, so that clients do not all reconnect at the same time after a restart. */
function retryDelay(): number {
  const { min, max } = RETRY_MS;
  return min + Math.floor(Math.random() * (max - min + 1));
}

/** One subscriber over server-sent events (WHATWG HTML, section 9.2). */
export class EventStream implements Subscriber {
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly #parts: EventStreamParts;
  readonly #catchUp: CatchUp;
  #isStarted = false;
  #endReason: Refusal | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.permissions = parts.permissions;
    this.topics = parts.topics;
    this.#catchUp = new CatchUp({
      maxBytes: parts.limits.subscriberBytes,
      write: (messages) => this.#write(messages),
      overflow: () => this.#disconnect(),
    });
    parts.response.once('close', () => this.#closed());
  }

  /** Writes the head, then the missed messages as fast as the client reads, then the pending messages. */
  async start({ messages, isComplete, after }: Missed): Promise<void> {
    const { response, encoder } = this.#parts;
    if (response.destroyed) return;
    writeHead(response);
    const id = encoder.idLine(after);
    response.write(`retry: ${retryDelay()}\n${isComplete ? id : ''}: listening\n\n`);
    this.#isStarted = true;
    if (this.#endReason !== undefined) {
      this.end(this.#endReason);
      return;
    }
    if (!isComplete) {
      this.#parts.metrics.missed.add();
      // The id follows the event: a client that disconnects before receives `missed` again.
      response.write(`event: missed\ndata: {"message":"${MISSED_TEXT}"}\n\n${id}\n`);
    }
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    await this.#catchUp.run(messages);
  }

  deliver(messages: readonly Message[]): void {
    const { response, limits, encoder, metrics } = this.#parts;
    if (!this.#catchUp.isDone) {
      this.#catchUp.add(messages);
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
    const id = this.#catchUp.isDone ? encoder.idLine(lastDelivered()) : '';
    response.write(`:\n${id}\n`);
  }

  #write(messages: readonly Message[]): Promise<void> | undefined {
    const { response, encoder, metrics } = this.#parts;
    metrics.delivered.add(LABELS, messages.length);
    return response.write(encoder.encode(messages)) ? undefined : this.#drained();
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
    this.#catchUp.stop();
    this.#parts.onClose();
  }
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
