import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../errors.ts';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { type Limits, waitingBytes } from '../limits.ts';
import type { RuneCheck } from '../node/rune-question.ts';
import type { Origins } from '../options/origins.ts';
import type { Restored } from '../sides/messages.ts';
import { addEventStream } from './event-stream-route.ts';
import { NotificationHub } from './hub.ts';
import { Seats } from './seats.ts';
import { SocketIoListeners } from './socket-io.ts';

/** What notifications are handed on with. */
export interface NotificationTools {
  readonly checkRune: RuneCheck;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly origins: Origins;
  readonly anonymousConnections: AnonymousConnections;
  /** How long they are held, in milliseconds. */
  readonly holdMs: number;
  /** The methods of which a listener's rune must allow one. */
  readonly methods: readonly string[];
  /** Within how many milliseconds a rune that is taken back hears no more. */
  readonly recheckMs: number;
  /** What an earlier gateway had. */
  readonly restored?: Restored | undefined;
}

/** The node's notifications on their way to listeners, over Socket.IO and as server-sent events. */
export class Notifications {
  readonly #tools: NotificationTools;
  readonly #hub: NotificationHub;
  readonly #seats: Seats;
  readonly #socketIo: SocketIoListeners;

  constructor(tools: NotificationTools) {
    this.#tools = tools;
    const { historyMessages, historyBytes, subscribers } = tools.limits;
    this.#hub = new NotificationHub({
      ...tools,
      historyMessages,
      historyBytes,
      waitingBytes: waitingBytes(tools.limits),
      fault: (error) => tools.log.fault(error),
    });
    this.#seats = new Seats(subscribers, tools.anonymousConnections);
    this.#socketIo = new SocketIoListeners({ ...tools, hub: this.#hub, seats: this.#seats });
  }

  addPaths(paths: PathTable): void {
    addEventStream(paths, { ...this.#tools, hub: this.#hub, seats: this.#seats });
    this.#socketIo.addPaths(paths);
  }

  /** Takes a notification, with the next number if it has none yet. */
  publish(topic: string, text: string, sequence?: number): void {
    this.#hub.publish(topic, text, sequence);
  }

  /** Takes a connection that becomes a websocket, or returns the reason to refuse it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Refusal | undefined {
    return this.#socketIo.upgrade(request, socket, head);
  }

  /** Sends what is held, tells listeners why it is over, and lets them go. */
  async close(reason: Refusal): Promise<void> {
    await this.#hub.close(reason);
    await this.#socketIo.close();
  }
}
