import type { Socket } from 'socket.io';
import { Refusal } from '../refusals.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { CatchUp } from './catch-up.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { EventIds } from './event-ids.ts';
import type { Missed } from './history.ts';
import type { NotificationHub } from './hub.ts';
import { type Message, MISSED_TEXT } from './message.ts';
import { LABELS } from './socket-io-room.ts';
import type { SocketIoEncoder } from './socket-io-encoder.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

export interface ResumingSocketParts {
  readonly socket: Socket;
  readonly connection: EngineConnection;
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly hub: NotificationHub;
  readonly limits: Pick<Limits, 'subscriberBytes' | 'stalledReaderMs'>;
  readonly log: RefusalLog;
  readonly metrics: Pick<Metrics, 'delivered' | 'dropped' | 'missed'>;
  /** Adds the ids to the events. */
  readonly encoder: SocketIoEncoder;
  readonly ids: EventIds;
  /** The id that the client has given. Empty if it has none. */
  readonly lastId: string;
}

/** The event with the id from which the client can resume, if no message has brought it. */
const POSITION_EVENT = 'resume_from';
/** How often the client gets its position while other clients get messages. */
const POSITION_MS = 15_000;

/** One Socket.IO client that receives the ids of events, and can resume from one. */
export class ResumingSocket implements Subscriber {
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly #parts: ResumingSocketParts;
  readonly #catchUp: CatchUp;
  #isStarted = false;
  #endReason: Refusal | undefined;
  /** The newest id that the client has. */
  #sentId: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ResumingSocketParts) {
    this.#parts = parts;
    this.#sentId = parts.lastId;
    this.permissions = parts.permissions;
    this.topics = parts.topics;
    this.#catchUp = new CatchUp({
      maxBytes: parts.limits.subscriberBytes,
      write: (messages) => this.#writeAndWait(messages),
      overflow: () => this.#disconnect(),
    });
    parts.socket.conn.once('close', () => this.#closed());
    parts.socket.once('disconnect', () => this.#closed());
  }

  /** Sends the missed messages as fast as the client reads, then the pending ones. Call it when the client is connected. */
  async start({ messages, isComplete, after }: Missed): Promise<void> {
    const { socket, metrics } = this.#parts;
    this.#isStarted = true;
    if (this.#endReason !== undefined) {
      this.end(this.#endReason);
      return;
    }
    if (!socket.connected) return;
    if (!isComplete) {
      metrics.missed.add();
      socket.emit('missed', { message: MISSED_TEXT });
    }
    this.#sendPosition(after);
    this.#timer = setInterval(() => {
      if (this.#catchUp.isDone) this.#sendPosition(this.#parts.hub.lastDelivered(this));
    }, POSITION_MS);
    await this.#catchUp.run(messages);
  }

  deliver(messages: readonly Message[]): void {
    const { connection, limits, metrics } = this.#parts;
    if (!this.#catchUp.isDone) {
      this.#catchUp.add(messages);
    } else if (connection.unreadBytes > limits.subscriberBytes) {
      metrics.dropped.add(LABELS, messages.length);
      this.#disconnect();
    } else {
      this.#write(messages);
    }
  }

  /** Ends the subscription, even if missed messages have not been written: the rune no longer permits them. */
  end(reason: Refusal): void {
    this.#endReason = reason;
    if (!this.#isStarted) return;
    const { socket } = this.#parts;
    this.#closed();
    const { code, message } = reason;
    socket.emit('error', { code, message });
    socket.disconnect(true);
  }

  /** Sends the id of the event with a sequence number, if the client does not have it. */
  #sendPosition(sequence: number): void {
    const id = this.#parts.ids.idOf(sequence);
    if (id === undefined || id === this.#sentId) return;
    this.#sentId = id;
    this.#parts.socket.emit(POSITION_EVENT, id);
  }

  #write(messages: readonly Message[], sent?: () => void): void {
    const { connection, encoder, ids, metrics } = this.#parts;
    metrics.delivered.add(LABELS, messages.length);
    const last = messages.findLast(({ isGap }) => isGap !== true);
    if (last !== undefined) this.#sentId = last.id ?? ids.idOf(last.sequence) ?? this.#sentId;
    connection.write(encoder.encode(messages), sent);
  }

  /** Resolves when the client has read everything, or is disconnected. */
  #writeAndWait(messages: readonly Message[]): Promise<void> {
    const { socket, limits } = this.#parts;
    return new Promise((resolve) => {
      const timeout = setTimeout(() => this.#disconnect(), limits.stalledReaderMs);
      const done = (): void => {
        clearTimeout(timeout);
        socket.conn.off('close', done);
        resolve();
      };
      socket.conn.once('close', done);
      this.#write(messages, done);
    });
  }

  /** Disconnects a client that does not read. It gets no error, which it would not read either. */
  #disconnect(): void {
    const { connection, log, socket } = this.#parts;
    log.refused(Refusal.of('slow_subscriber'), socket.request);
    this.#closed();
    connection.disconnect();
  }

  #closed(): void {
    clearInterval(this.#timer);
    this.#catchUp.stop();
    this.#parts.hub.unsubscribe(this);
  }
}
