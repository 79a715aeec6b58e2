import { randomBytes } from 'node:crypto';
import type { PluginNotification } from '@clnrest/lightningd';
import { StreamIds } from '../notifications/event-ids.ts';
import { History, type Missed } from '../notifications/history.ts';
import { payloadOf } from '../notifications/message.ts';
import type { Message, Received } from '../notifications/message.ts';

/**
 * Numbers the node's notifications and keeps the newest. It is part of the plugin process and outlives HTTP
 * processes, so a client that reconnects with `Last-Event-ID` after a restart misses nothing.
 */
export class NotificationLog {
  /** Distinguishes the sequence numbers of this plugin process from those of another one. */
  readonly epoch = randomBytes(4).toString('hex');
  readonly #history: History;
  readonly #ids: StreamIds;
  #sequence = 0;

  /** @param before - the id of the event before the first one, if it is known */
  constructor(
    limits: { readonly historyMessages: number; readonly historyBytes: number },
    before?: string,
  ) {
    this.#history = new History(limits.historyMessages, limits.historyBytes);
    this.#ids = new StreamIds(limits.historyMessages + 1, before);
    this.#ids.start(0);
  }

  add(notification: PluginNotification): void {
    this.receive({ topic: notification.topic, text: payloadOf(notification) });
  }

  /** Adds a message that another process has read. */
  receive(received: Received): void {
    const message = { ...received, sequence: ++this.#sequence };
    this.#history.add(message);
    if (message.id !== undefined || message.isGap === true) this.#ids.record(message);
  }

  /** The kept messages. */
  get messages(): readonly Message[] {
    return this.#history.after(0).messages;
  }

  /** The id of the event before the first kept one, if messages have ids and it is known. */
  get before(): string | undefined {
    return this.#ids.idOf(this.oldest - 1);
  }

  /** The number of the oldest kept message, or of the next one. */
  get oldest(): number {
    return this.#history.oldest ?? this.#sequence + 1;
  }

  /** The number of the newest message. */
  get sequence(): number {
    return this.#sequence;
  }

  after(sequence: number): Missed {
    return this.#history.after(sequence);
  }
}
