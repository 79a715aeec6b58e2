import type { Entry } from './entry.ts';

/** What is to be shown of all that is kept. */
export interface Filter {
  /** Only these topics; all of them where there are none. */
  readonly topics: ReadonlySet<string>;
  /** Only what has this in its topic or its text, in letters of either case. */
  readonly words: string;
}

export const EVERYTHING: Filter = { topics: new Set(), words: '' };

/** That something is lost is always shown. */
export function passes({ kind, topic, text }: Entry, { topics, words }: Filter): boolean {
  if (kind === 'missed') return true;
  if (topics.size > 0 && !topics.has(topic)) return false;
  if (words === '') return true;
  const sought = words.toLowerCase();
  return topic.toLowerCase().includes(sought) || text.toLowerCase().includes(sought);
}
