import type { HttpSideLink } from './messages.ts';
import type { NotificationLog } from './notification-log.ts';

/**
 * Characters that may wait for the HTTP side to take them. It takes tens of megabytes a second even on a
 * busy machine: so much waits only while its event loop is stuck.
 */
const MAX_UNSENT = 64 * 1024 * 1024;

/**
 * Sends the notifications of a log to one HTTP side. If the HTTP side is slow, unsent notifications stay
 * in the log and nowhere else, so that what they take is bounded.
 */
export class NotificationFeed {
  readonly #log: NotificationLog;
  readonly #link: HttpSideLink;
  /** The number of the last message that was sent. */
  #sent: number;

  /** Starts behind what the log holds now. */
  constructor(log: NotificationLog, link: HttpSideLink) {
    this.#log = log;
    this.#link = link;
    this.#sent = log.sequence;
  }

  /**
   * Sends what the HTTP side takes. Returns false if the log has evicted what was to be sent next: the
   * HTTP side can no longer have every message.
   */
  pump(): boolean {
    if (this.#link.unsent >= MAX_UNSENT) return true;
    const { messages, isWhole } = this.#log.after(this.#sent);
    if (!isWhole) return false;
    for (const message of messages) {
      if (this.#link.unsent >= MAX_UNSENT) return true;
      this.#link.send({ type: 'notification', message });
      this.#sent = message.sequence;
    }
    return true;
  }
}
