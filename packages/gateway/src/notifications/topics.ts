/** A name of a topic: what lightningd and plugins use, and short enough to be harmless. */
const TOPIC = /^[A-Za-z0-9_.-]{1,64}$/;
/** Nobody needs to name more. */
const MOST_TOPICS = 100;

/** The topics that a listener chose; all of them where it chose none. */
export type Topics = ReadonlySet<string> | 'all';

/**
 * Reads `topics=invoice_payment,forward_event`, or a list of names. Nothing, empty or `*` is all.
 * `undefined` where it is none of that.
 */
export function readTopics(asked: unknown): Topics | undefined {
  if (asked === undefined || asked === null || asked === '' || asked === '*') return 'all';
  const names: unknown = typeof asked === 'string' ? asked.split(',') : asked;
  if (!Array.isArray(names) || names.length === 0 || names.length > MOST_TOPICS) return undefined;
  const topics = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || !TOPIC.test(name.trim())) return undefined;
    topics.add(name.trim());
  }
  return topics;
}

/** lightningd's own topics (v26.06), to try a rune on that names the topics which it may hear. */
export const NATIVE_TOPICS: readonly string[] = [
  'balance_snapshot',
  'block_added',
  'channel_open_failed',
  'channel_opened',
  'channel_state_changed',
  'coin_movement',
  'connect',
  'custommsg',
  'deprecated_oneshot',
  'disconnect',
  'forward_event',
  'invoice_creation',
  'invoice_payment',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
  'pay_part_end',
  'pay_part_start',
  'plugin_started',
  'plugin_stopped',
  'sendpay_failure',
  'sendpay_success',
  'shutdown',
  'warning',
];
