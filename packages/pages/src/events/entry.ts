/** A notification, or a gap, in the page's list. */
export interface Entry {
  /** A `notification`, or a gap: `missed`. */
  readonly kind: 'notification' | 'missed';
  /** Counts up from 0. */
  readonly number: number;
  /** When the page received it, in milliseconds since 1970. */
  readonly at: number;
  /** Empty for a gap. */
  readonly topic: string;
  /** The received JSON; for a gap, a message. */
  readonly text: string;
}
