import type { HookName } from '../types/hooks.ts';
import type { NotificationTopic } from '../types/notifications.ts';

/** What each notification means. */
export const NOTIFICATIONS: Readonly<Record<NotificationTopic, string>> = {
  balance_snapshot:
    'Reports the balances of all accounts, at the start of the node and with new blocks.',
  block_added: 'Reports that the node has processed a new block.',
  channel_open_failed: 'Reports that the opening of a channel failed.',
  channel_opened: 'Reports that a peer has opened a channel to this node.',
  channel_state_changed: 'Reports that a channel has changed its state, with the cause.',
  coin_movement: 'Reports that funds moved in a channel or on-chain.',
  connect: 'Reports that a peer has connected.',
  custommsg: 'Reports a custom message of a peer that no hook has handled.',
  deprecated_oneshot: 'Switches deprecated features on or off for the next request to this plugin.',
  disconnect: 'Reports that a peer has disconnected.',
  forward_event: 'Reports each step of a payment that the node forwards.',
  invoice_creation: 'Reports that an invoice has been created.',
  invoice_payment: 'Reports that an invoice has been paid.',
  log: 'Reports a line of the log.',
  onionmessage_forward_fail:
    'Reports that an onion message could not be forwarded, so that a plugin can connect to the next node.',
  openchannel_peer_sigs: 'Reports the signatures of the peer for a channel that both nodes fund.',
  pay_part_end: 'Reports that one part of a payment by `xpay` has succeeded or failed.',
  pay_part_start: 'Reports that `xpay` has sent one part of a payment.',
  plugin_started: 'Reports that a plugin has started.',
  plugin_stopped: 'Reports that a plugin has stopped.',
  sendpay_failure: 'Reports that one part of a payment has failed.',
  sendpay_success: 'Reports that one part of a payment has succeeded.',
  shutdown: 'Asks the plugin to exit.',
  warning: 'Reports a line of the log that needs attention.',
};

/** What each hook decides. */
export const HOOKS: Readonly<Record<HookName, string>> = {
  commitment_revocation:
    'Hands each revoked commitment to a watchtower, with the transaction that punishes its use.',
  custommsg: 'Handles a custom message of a peer.',
  db_write: 'Receives each change of the database before it is committed, for backups.',
  htlc_accepted: 'Decides on each incoming HTLC: continue, fail, or settle it with a preimage.',
  invoice_payment: 'Decides whether to accept the payment of an invoice.',
  onion_message_recv: 'Handles an onion message that came without a secret of this node.',
  onion_message_recv_secret: 'Handles an onion message that came over a path which this node made.',
  openchannel: 'Decides whether a peer may open a channel.',
  openchannel2:
    'Decides whether a peer may open a channel that both nodes can fund, and what this node adds.',
  openchannel2_changed: 'Reacts to a change that the peer made to the transaction of a channel.',
  openchannel2_sign: 'Signs the transaction of a channel that both nodes fund.',
  peer_connected: 'Decides whether a peer may stay connected.',
  rbf_channel: 'Decides whether a peer may raise the fee of a funding transaction.',
  recover: 'Reacts to the start of the node in recovery mode.',
  rpc_command: 'Decides on each command before it runs: continue, replace it, or reply instead.',
};
