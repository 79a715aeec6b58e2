import type { HttpProcessLink } from './messages.ts';
import type { NotificationLog } from './notification-log.ts';

/**
 * Unread characters at which the feed pauses. The HTTP process reads tens of megabytes a second even on a
 * loaded machine, so only a stuck event loop leaves this much unread.
 */
const MAX_UNSENT = 64 * 1024 * 1024;

/**
 * Sends the notifications of a log to one HTTP process. If the HTTP process is slow, unsent notifications stay in
 * the log only, which bounds their memory.
 */
export class NotificationFeed {
  readonly #log: NotificationLog;
  readonly #link: HttpProcessLink;
  /** The sequence number of the last message that was sent. */
  #sent: number;

  /** Starts after the newest message of the log. */
  constructor(log: NotificationLog, link: HttpProcessLink) {
    this.#log = log;
    this.#link = link;
    this.#sent = log.sequence;
  }

  /**
   * Sends messages until `MAX_UNSENT`. Returns false if the log has evicted the next message: then the HTTP
   * process cannot get every message.
   */
  pump(): boolean {
    if (this.#link.unsent >= MAX_UNSENT) return true;
    const { messages, isComplete } = this.#log.after(this.#sent);
    if (!isComplete) return false;
    for (const message of messages) {
      if (this.#link.unsent >= MAX_UNSENT) return true;
      this.#link.send({ type: 'notification', message });
      this.#sent = message.sequence;
    }
    return true;
  }
}
