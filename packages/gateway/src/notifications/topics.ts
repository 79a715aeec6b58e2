import { BUILTIN_PLUGIN_TOPICS, NATIVE_TOPICS } from '@clnrest/lightningd/topics';

/** The names that lightningd and plugins use, with a limited length. */
const TOPIC = /^[A-Za-z0-9_.-]{1,64}$/;
const MAX_TOPICS = 100;

/** The topics that a subscriber chose, all by default. */
export type Topics = ReadonlySet<string> | 'all';

/**
 * Reads the value of `topics=invoice_payment,forward_event`, or a list of names. A missing or empty value
 * and `*` mean all topics. Returns undefined if the value is invalid.
 */
export function readTopics(value: unknown): Topics | undefined {
  if (value === undefined || value === null || value === '' || value === '*') return 'all';
  const names: unknown = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_TOPICS) return undefined;
  const topics = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || !TOPIC.test(name.trim())) return undefined;
    topics.add(name.trim());
  }
  return topics;
}

/**
 * The candidates if a rune restricts topics and the client chose none. `log` is not one: the gateway does not
 * subscribe to it, because its own log lines would be notifications again.
 */
export const CANDIDATE_TOPICS: readonly string[] = [
  ...NATIVE_TOPICS.filter((topic) => topic !== 'log'),
  ...BUILTIN_PLUGIN_TOPICS,
];
