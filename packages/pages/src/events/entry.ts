/** A notification, or a gap, in the page's list. */
export interface Entry {
  /** `told` is a notification, `missed` a gap. */
  readonly kind: 'told' | 'missed';
  /** Counts up from 0. */
  readonly number: number;
  /** When the page received it, in milliseconds since 1970. */
  readonly at: number;
  /** Empty for a gap. */
  readonly topic: string;
  /** The received JSON; for a gap, a message. */
  readonly text: string;
}
