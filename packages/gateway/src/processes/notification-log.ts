import { randomBytes } from 'node:crypto';
import type { PluginNotification } from '@clnrest/lightningd';
import { History, type Missed } from '../notifications/history.ts';
import { payloadOf } from '../notifications/message.ts';
import type { Message } from '../notifications/message.ts';

/**
 * Numbers the node's notifications and keeps the newest. It is part of the plugin process and outlives HTTP
 * processes, so a client that reconnects with `Last-Event-ID` after a restart misses nothing.
 */
export class NotificationLog {
  /** Distinguishes the sequence numbers of this plugin process from those of another one. */
  readonly epoch = randomBytes(4).toString('hex');
  readonly #history: History;
  #sequence = 0;

  constructor(limits: { readonly historyMessages: number; readonly historyBytes: number }) {
    this.#history = new History(limits.historyMessages, limits.historyBytes);
  }

  add(notification: PluginNotification): void {
    const { topic } = notification;
    this.#history.add({ sequence: ++this.#sequence, topic, text: payloadOf(notification) });
  }

  /** The kept messages. */
  get messages(): readonly Message[] {
    return this.#history.after(0).messages;
  }

  /** The number of the newest message. */
  get sequence(): number {
    return this.#sequence;
  }

  after(sequence: number): Missed {
    return this.#history.after(sequence);
  }
}
