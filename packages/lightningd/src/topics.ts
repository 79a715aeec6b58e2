/**
 * The notifications that lightningd itself sends (v26.06). A plugin cannot declare them. Runs in browsers, too.
 *
 * @example
 * ```ts
 * import { NATIVE_TOPICS } from '@clnrest/lightningd/topics';
 * NATIVE_TOPICS.includes('invoice_payment') // => true
 * ```
 */
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
  'log',
  'onionmessage_forward_fail',
  'openchannel_peer_sigs',
  'plugin_started',
  'plugin_stopped',
  'sendpay_failure',
  'sendpay_success',
  'shutdown',
  'warning',
];

/**
 * The notifications of plugins that are part of lightningd (v26.06).
 *
 * @example
 * ```ts
 * import { BUILTIN_PLUGIN_TOPICS } from '@clnrest/lightningd/topics';
 * BUILTIN_PLUGIN_TOPICS // => ['pay_part_start', 'pay_part_end']
 * ```
 */
export const BUILTIN_PLUGIN_TOPICS: readonly string[] = ['pay_part_start', 'pay_part_end'];
