import { exchange, type Outcome } from './exchange.ts';

/** What generated calls refer to: the same things on both nodes, with values of their own. */
export interface Facts {
  readonly id: string;
  readonly address: string;
  readonly bolt11: string;
  readonly paymentHash: string;
  readonly rune: string;
  readonly signature: string;
  /** Another node: one that no graph contains, or the peer of the channel. */
  readonly other: string;
  /** A channel: one that does not exist, or the one with the peer. */
  readonly scid: string;
  readonly channelId: string;
  /** An offer of this node. */
  readonly offer: string;
  readonly offerId: string;
  /** An invoice request of this node. */
  readonly invreq: string;
  /** The id of another one. */
  readonly invreqId: string;
  /** An invoice of this node that it does not have any more. */
  readonly deleted: string;
  /** Invoices to pay: our own, or unpaid ones of the peer. Calls use the first one. */
  readonly payables: Payable[];
  /** An offer to fetch an invoice from: our own, or the peer's. */
  readonly fetchable: string;
  /** A paid BOLT 12 invoice, and a recurring offer whose first period is paid with the label `RECURRENCE_LABEL`, if there is money. */
  readonly paidBolt12: string;
  readonly recurringOffer: string;
  /** The payment hash of a payment by `xpay`, and that of one by `sendpay`, if there are any. */
  readonly paidHash: string;
  readonly sentHash: string;
  /** The label of an invoice, which is paid if there is a channel. */
  readonly paidLabel: string;
  /** Coins, `txid:output`: one that does not exist, or some of the wallet. */
  readonly coins: readonly string[];
  /** PSBTs, which spend a coin of the wallet if there is one: reserved and unsigned, not reserved, and signed. */
  readonly psbt: string;
  readonly unreservedPsbt: string;
  readonly signedPsbt: string;
  /** Ids of transactions of `txprepare`, if there is money: one for `txsend`, and one for `txdiscard`. */
  readonly unreleased: string;
  readonly unwanted: string;
}

/** An invoice to pay. */
export interface Payable {
  readonly bolt11: string;
  readonly hash: string;
  readonly secret: string;
}

/** What is different if the node has a channel. */
export type ChannelFacts = Omit<Facts, keyof NodeFacts>;
type NodeFacts = Pick<
  Facts,
  | 'id'
  | 'address'
  | 'bolt11'
  | 'paymentHash'
  | 'rune'
  | 'signature'
  | 'offer'
  | 'offerId'
  | 'invreq'
  | 'invreqId'
  | 'deleted'
>;

/** A PSBT whose only coin is unknown to both nodes. */
export const FOREIGN_PSBT =
  'cHNidP8BAFICAAAAARERERERERERERERERERERERERERERERERERERERERERAAAAAAD9////ARAnAAAAAAAAFgAUq6urq6urq6urq6urq6urq6urq6sAAAAAAAAA';
/** The preimage of the deleted invoice. */
export const PREIMAGE = '11'.repeat(32);

/** The label of the invoice that both nodes have. */
export const LABEL = 'compared';

/** The label of the payments of the recurring offer. */
export const RECURRENCE_LABEL = 'a recurrence';

/** A node that no graph contains. */
export const STRANGER = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';

/** Creates what the calls refer to. */
export async function prepareNode(socketPath: string, channel?: ChannelFacts): Promise<Facts> {
  const call = async (method: string, params: object): Promise<Record<string, string>> => {
    const outcome: Outcome = await exchange(socketPath, method, JSON.stringify(params));
    if (outcome.kind !== 'result') throw new Error(`${method}: ${JSON.stringify(outcome)}`);
    return outcome.result as Record<string, string>;
  };
  const invoice = { amount_msat: 1000, label: LABEL, description: 'to compare' };
  const { bolt11 = '', payment_hash: paymentHash = '' } = await call('invoice', invoice);
  const { id = '' } = await syncedInfo(() => call('getinfo', {}));
  const { bech32: address = '' } = await call('newaddr', { addresstype: 'bech32' });
  const { rune = '' } = await call('createrune', {});
  const { zbase: signature = '' } = await call('signmessage', { message: 'to compare' });
  const { bolt12: offer = '', offer_id: offerId = '' } = await call('offer', {
    amount: 5000,
    description: 'compared',
  });
  const request = { amount: 5000, description: 'compared' };
  const { bolt12: invreq = '' } = await call('invoicerequest', request);
  const { invreq_id: invreqId = '' } = await call('invoicerequest', {
    ...request,
    description: 'another',
  });
  const kept = { label: 'deleted', amount_msat: 1000, description: '', preimage: PREIMAGE };
  const { bolt11: deleted = '' } = await call('invoice', kept);
  await call('delinvoice', { label: kept.label, status: 'unpaid' });
  const { bolt12: fetchable = '' } = await call('offer', { amount: 5000, description: 'fetched' });
  const without: ChannelFacts = {
    other: STRANGER,
    scid: '1x1x1',
    channelId: paymentHash,
    payables: [{ bolt11, hash: paymentHash, secret: '22'.repeat(32) }],
    fetchable,
    paidBolt12: offer,
    recurringOffer: offer,
    paidHash: paymentHash,
    sentHash: paymentHash,
    paidLabel: LABEL,
    coins: [`${paymentHash}:0`],
    psbt: FOREIGN_PSBT,
    unreservedPsbt: FOREIGN_PSBT,
    signedPsbt: FOREIGN_PSBT,
    unreleased: paymentHash,
    unwanted: paymentHash,
  };
  const known: NodeFacts = {
    id,
    address,
    bolt11,
    paymentHash,
    rune,
    signature,
    offer,
    offerId,
    invreq,
    invreqId,
    deleted,
  };
  return { ...known, ...(channel ?? without) };
}

/** Waits until lightningd has followed its bitcoind: some errors before are different. */
async function syncedInfo(
  getinfo: () => Promise<Record<string, string>>,
): Promise<Record<string, string>> {
  for (;;) {
    const info = await getinfo();
    if (!('warning_bitcoind_sync' in info || 'warning_lightningd_sync' in info)) return info;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

/** The texts that the facts contain, by name. */
export function textsOf(facts: Facts): [name: string, text: string][] {
  return Object.entries(facts).flatMap(([name, value]) => named(name, value));
}

function named(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  return Object.entries(value as object).flatMap(([key, one]) => named(`${name}.${key}`, one));
}
