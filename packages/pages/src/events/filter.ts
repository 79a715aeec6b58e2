import type { Entry } from './entry.ts';

/** The filter of the list. */
export interface Filter {
  /** The topics to show; an empty set shows all topics. */
  readonly topics: ReadonlySet<string>;
  /** Text that the topic or the JSON must contain, ignoring case. */
  readonly words: string;
}

export const EVERYTHING: Filter = { topics: new Set(), words: '' };

/** Returns whether an entry matches the filter. Gaps always match. */
export function passes({ kind, topic, text }: Entry, { topics, words }: Filter): boolean {
  if (kind === 'missed') return true;
  if (topics.size > 0 && !topics.has(topic)) return false;
  if (words === '') return true;
  const sought = words.toLowerCase();
  return topic.toLowerCase().includes(sought) || text.toLowerCase().includes(sought);
}
