import { hash, msat, nodeId, required, string } from '@clnrest/lightningd/parameters';
import { defineCommand } from './command.ts';

/** The sandbox approves every payment, as lightningd does without a signer that checks payments. */
export const preapproveinvoice = defineCommand({
  name: 'preapproveinvoice',
  parameters: { bolt11: required(string) },
  run: () => ({}),
});

export const preapprovekeysend = defineCommand({
  name: 'preapprovekeysend',
  parameters: {
    destination: required(nodeId),
    payment_hash: required(hash),
    amount_msat: required(msat),
  },
  run: () => ({}),
});
