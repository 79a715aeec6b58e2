import { hash, required } from '@clnrest/lightningd/parameters';
import { eventsJson } from '../bookkeeper/event-json.ts';
import type { CallWith } from '../node.ts';
import { jsonText, outpoint } from '../params/bookkeeping.ts';
import { inTransaction } from '../world/context.ts';
import { ledgerOf } from './bkpr-lists.ts';
import { defineCommand } from './command.ts';

export const bkprEditdescriptionbypaymentid = defineCommand({
  name: 'bkpr-editdescriptionbypaymentid',
  parameters: { payment_id: required(hash), description: required(jsonText) },
  run({ payment_id, description }, { node }: CallWith<'bookkeeper' | 'identity' | 'world'>) {
    const ledger = ledgerOf(node);
    inTransaction(node.world.context, () =>
      ledger.descriptions.setPayment(payment_id, description),
    );
    const channel = ledger.books.channel.filter(({ paymentHash }) =>
      paymentHash?.equals(payment_id),
    );
    return { updated: eventsJson(ledger, { chain: [], channel, fees: [] }) };
  },
});

export const bkprEditdescriptionbyoutpoint = defineCommand({
  name: 'bkpr-editdescriptionbyoutpoint',
  parameters: { outpoint: required(outpoint), description: required(jsonText) },
  run({ outpoint: output, description }, { node }: CallWith<'bookkeeper' | 'identity' | 'world'>) {
    const ledger = ledgerOf(node);
    inTransaction(node.world.context, () => ledger.descriptions.setOutput(output, description));
    const chain = ledger.books.chain.all.filter(
      (event) => event.outpoint === output && event.creditMsat > 0n,
    );
    return { updated: eventsJson(ledger, { chain, channel: [], fees: [] }) };
  },
});
