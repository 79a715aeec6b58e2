/** Something that came, as the page keeps it. */
export interface Entry {
  /** What the node told, or that something it told is lost. */
  readonly kind: 'told' | 'missed';
  /** Counts up from 0. */
  readonly number: number;
  /** When it came here, in milliseconds since 1970. */
  readonly at: number;
  /** Empty where something is lost. */
  readonly topic: string;
  /** JSON as it came; or a sentence, where something is lost. */
  readonly text: string;
}
