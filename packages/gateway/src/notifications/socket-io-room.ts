import type { Socket } from 'socket.io';
import { Refusal } from '../refusals.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { NotificationHub } from './hub.ts';
import type { Message } from './message.ts';
import type { SocketIoEncoder } from './socket-io-encoder.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

export interface SocketIoRoomParts {
  readonly hub: NotificationHub;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly metrics: Pick<Metrics, 'delivered' | 'dropped'>;
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly encoder: SocketIoEncoder;
  /** Called when the room is empty. */
  readonly onEmpty: () => void;
}

/** The labels of the metrics. */
export const LABELS = ['socket.io'];

/** All Socket.IO clients with the same rune and the same topics. */
export class SocketIoRoom implements Subscriber {
  readonly permissions: TopicPermissions;
  readonly topics: Topics;
  readonly #parts: SocketIoRoomParts;
  readonly #sockets = new Map<Socket, EngineConnection>();

  constructor(parts: SocketIoRoomParts) {
    this.#parts = parts;
    this.permissions = parts.permissions;
    this.topics = parts.topics;
  }

  add(socket: Socket, connection: EngineConnection): void {
    this.#sockets.set(socket, connection);
    // Socket.IO emits `disconnect` only for sockets that have connected. This one can close before that.
    socket.conn.once('close', () => this.#remove(socket));
    socket.once('disconnect', () => this.#remove(socket));
  }

  deliver(messages: readonly Message[]): void {
    const { encoder, limits, metrics } = this.#parts;
    const batch = encoder.encode(messages);
    for (const [socket, connection] of this.#sockets) {
      if (connection.unreadBytes > limits.subscriberBytes) {
        metrics.dropped.add(LABELS, messages.length);
        this.#disconnect(socket, connection);
      } else if (socket.connected) {
        metrics.delivered.add(LABELS, messages.length);
        connection.write(batch);
      }
    }
  }

  end(reason: Refusal): void {
    const { code, message } = reason;
    for (const socket of this.#sockets.keys()) {
      socket.emit('error', { code, message });
      socket.disconnect(true);
    }
    this.#sockets.clear();
    this.#parts.onEmpty();
  }

  /** Disconnects a client that does not read. It gets no error, which it would not read either. */
  #disconnect(socket: Socket, connection: EngineConnection): void {
    this.#parts.log.refused(Refusal.of('slow_subscriber'), socket.request);
    this.#remove(socket);
    connection.disconnect();
  }

  #remove(socket: Socket): void {
    if (!this.#sockets.delete(socket) || this.#sockets.size > 0) return;
    this.#parts.hub.unsubscribe(this);
    this.#parts.onEmpty();
  }
}
