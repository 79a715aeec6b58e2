/** lightningd's own topics. A plugin cannot declare them. */
export const NATIVE_TOPICS: ReadonlySet<string> = new Set([
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
  'log',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
  'plugin_started',
  'plugin_stopped',
  'sendpay_failure',
  'sendpay_success',
  'shutdown',
  'warning',
]);

export function isNativeTopic(topic: string): boolean {
  return NATIVE_TOPICS.has(topic);
}

/** Topics of plugins that are part of lightningd. The sandbox implements these plugins itself. */
export const BUILTIN_TOPICS: ReadonlySet<string> = new Set(['pay_part_start', 'pay_part_end']);

export function isBuiltinTopic(topic: string): boolean {
  return BUILTIN_TOPICS.has(topic);
}
