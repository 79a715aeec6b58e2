import type { JsonObject } from '../json/output.ts';
import type { Account } from './account.ts';
import type { Books } from './books.ts';
import { WALLET, type ChainEvent } from './events.ts';
import { feeSums } from './onchain-fees.ts';
import { type OutputHistory, transactionTree } from './transaction-tree.ts';

/** The transactions of a channel, as in `bkpr-inspect`. */
export function inspectionOf(books: Books, account: Account, currency: string): JsonObject[] {
  const fees = feeSums(books.fees.list((fee) => fee.account === account.name));
  return transactionTree(books.chain, account).transactions.map(({ txid, outputs }) => ({
    txid,
    blockheight: outputs
      .flatMap(({ created }) => (created === undefined ? [] : books.chain.heightOf(created)))
      .find((height) => height > 0),
    fees_paid_msat: fees.find((fee) => fee.txid === txid)?.paidMsat ?? 0,
    outputs: outputs
      .filter((output) => belongsTo(output, account))
      .map((output) => outputJson(output, currency)),
  }));
}

/** The outputs of the wallet belong to each account. */
function belongsTo({ created, spent }: OutputHistory, { name }: Account): boolean {
  if (created === undefined) return spent?.account === name;
  const owner = created.originatingAccount ?? created.account;
  return owner === name || (created.originatingAccount === undefined && owner === WALLET);
}

function outputJson({ created, spent }: OutputHistory, currency: string): JsonObject {
  return {
    ...(created === undefined ? {} : createdJson(created, currency)),
    ...(created === undefined && spent !== undefined ? placeJson(spent, currency) : {}),
    ...(spent === undefined
      ? {}
      : {
          spend_tag: spent.tag,
          spending_txid: spent.spendingTxid,
          debit_msat: spent.debitMsat,
        }),
  };
}

function createdJson(event: ChainEvent, currency: string): JsonObject {
  return {
    account: event.account,
    outnum: event.vout,
    output_tag: event.tag,
    output_value_msat: event.outputMsat,
    credit_msat: event.creditMsat,
    currency,
    originating_account: event.originatingAccount,
  };
}

function placeJson({ account, vout, outputMsat }: ChainEvent, currency: string): JsonObject {
  return { account, outnum: vout, output_value_msat: outputMsat, currency };
}
