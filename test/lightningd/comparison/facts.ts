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
  /** An invoice request of this node. */
  readonly invreq: string;
  /** An invoice to pay: our own, or the peer's. */
  readonly payable: string;
  /** A coin, `txid:output`: one that does not exist, or one of the wallet. */
  readonly coin: string;
}

/** What is different if the node has a channel. */
export type ChannelFacts = Pick<Facts, 'other' | 'scid' | 'channelId' | 'payable' | 'coin'>;

/** The label of the invoice that both nodes have. */
export const LABEL = 'compared';

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
  const { id = '' } = await call('getinfo', {});
  const { bech32: address = '' } = await call('newaddr', { addresstype: 'bech32' });
  const { rune = '' } = await call('createrune', {});
  const { zbase: signature = '' } = await call('signmessage', { message: 'to compare' });
  const { bolt12: offer = '' } = await call('offer', { amount: 5000, description: 'compared' });
  const request = { amount: 5000, description: 'compared' };
  const { bolt12: invreq = '' } = await call('invoicerequest', request);
  const without = {
    other: STRANGER,
    scid: '1x1x1',
    channelId: paymentHash,
    payable: bolt11,
    coin: `${paymentHash}:0`,
  };
  return {
    id,
    address,
    bolt11,
    paymentHash,
    rune,
    signature,
    offer,
    invreq,
    ...(channel ?? without),
  };
}
