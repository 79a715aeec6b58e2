import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../refusals.ts';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { type Limits, waitingBytes } from '../limits.ts';
import type { RuneCheck } from '../node/checked-call.ts';
import type { Origins } from '../options/origins.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { NotificationSource, Restored } from '../processes/messages.ts';
import { EpochIds, type EventIds, StreamIds } from './event-ids.ts';
import type { Message } from './message.ts';
import { addEventStream } from './event-stream-route.ts';
import { NotificationHub } from './hub.ts';
import { SocketIoSubscribers } from './socket-io.ts';
import { subscriberGauge, SubscriberSlots } from './subscriber-slots.ts';

export interface NotificationTools {
  readonly checkRune: RuneCheck;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly metrics: Metrics;
  readonly origins: Origins;
  readonly anonymousConnections: AnonymousConnections;
  /** The time for which notifications are collected before they are sent, in milliseconds. */
  readonly holdMs: number;
  /** The methods of which a subscriber's rune must allow one. */
  readonly methods: readonly string[];
  /** The time within which a revoked rune stops receiving, in milliseconds. */
  readonly recheckMs: number;
  readonly source: NotificationSource;
  /** The state of the previous HTTP process, which this one replaces. */
  readonly restored?: Restored | undefined;
}

/** Delivers the node's notifications to subscribers, over Socket.IO and as server-sent events. */
export class Notifications {
  readonly #tools: NotificationTools;
  readonly #hub: NotificationHub;
  readonly #ids: EventIds;
  readonly #slots: SubscriberSlots;
  readonly #socketIo: SocketIoSubscribers;

  constructor(tools: NotificationTools) {
    this.#tools = tools;
    const { historyMessages, historyBytes, subscribers } = tools.limits;
    this.#ids = eventIds(tools);
    this.#hub = new NotificationHub({
      ...tools,
      ids: this.#ids,
      isFed: tools.source !== 'none',
      historyMessages,
      historyBytes,
      waitingBytes: waitingBytes(tools.limits),
      fault: (error) => tools.log.fault(error),
    });
    this.#slots = new SubscriberSlots(subscribers, tools.anonymousConnections);
    this.#socketIo = new SocketIoSubscribers({
      ...tools,
      hub: this.#hub,
      slots: this.#slots,
      ids: this.#ids,
    });
    tools.metrics.add(subscriberGauge(this.#slots));
  }

  addPaths(paths: PathTable): void {
    addEventStream(paths, {
      ...this.#tools,
      hub: this.#hub,
      ids: this.#ids,
      slots: this.#slots,
    });
    this.#socketIo.addPaths(paths);
  }

  /** Publishes a notification with the next sequence number. */
  publish(topic: string, text: string): void {
    this.#tools.metrics.notifications.add();
    this.#hub.publish(topic, text);
  }

  /** Publishes a message that has a sequence number. */
  publishMessage(message: Message): void {
    if (message.isGap !== true) this.#tools.metrics.notifications.add();
    this.#hub.publishMessage(message);
  }

  /** Upgrades a connection to a websocket, or returns the refusal. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Refusal | undefined {
    return this.#socketIo.upgrade(request, socket, head);
  }

  /** Sends the collected notifications and the reason, then disconnects all subscribers. */
  async close(reason: Refusal): Promise<void> {
    await this.#hub.close(reason);
    await this.#socketIo.close();
  }
}

function eventIds({ source, limits, restored }: NotificationTools): EventIds {
  // Sequence numbers restart at 1 with each start of the plugin. The epoch makes older ids invalid.
  if (source !== 'redis') return new EpochIds(restored?.epoch ?? randomBytes(4).toString('hex'));
  // One more than messages: a client can have received all except those that are kept.
  const ids = new StreamIds(limits.historyMessages + 1, restored?.before);
  ids.start((restored?.messages[0]?.sequence ?? 1) - 1);
  return ids;
}
