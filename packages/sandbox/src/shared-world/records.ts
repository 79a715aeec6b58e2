/** One channel of a payment's route. Nodes and channels have the names that all nodes of the world know. */
export interface PartHop {
  /** The funding output, as `txid:vout`. */
  readonly channel: string;
  /** Public keys, 66 hex digits. */
  readonly from: string;
  readonly to: string;
  readonly amountMsat: string;
  /** The height at which the HTLC times out. */
  readonly expiry: number;
}

/** A payment, or a part of one, between nodes of the world. Amounts are decimal, because JSON numbers lose digits. */
export interface Part {
  readonly id: string;
  /** In hex. */
  readonly paymentHash: string;
  readonly amountMsat: string;
  readonly totalMsat: string;
  readonly hops: readonly PartHop[];
  /** Of the invoice, in hex. */
  readonly paymentSecret?: string;
  /** A keysend payment sends its preimage along. */
  readonly keysendPreimage?: string;
}

/** A transaction that a node has published. */
interface TransactionRecord {
  readonly kind: 'transaction';
  /** In hex. */
  readonly raw: string;
}

/** The fees and limits of a node in a channel. Amounts are decimal. */
export interface ChannelTerms {
  readonly baseMsat: string;
  /** Millionths. */
  readonly ppm: string;
  /** Missing in records of older versions: 0. */
  readonly minMsat?: string;
  /** Without it, the maximum is that of the channel. */
  readonly maxMsat?: string;
}

/** A channel whose funding transaction precedes this record. */
export interface OpenRecord {
  readonly kind: 'open';
  readonly opener: string;
  readonly other: string;
  readonly capacitySat: string;
  readonly pushedMsat: string;
  readonly announced: boolean;
  /** The funding output, as `txid:vout`. */
  readonly funding: string;
  /** The scripts that receive the balances when the channel closes. */
  readonly openerScript: string;
  readonly otherScript: string;
  /** What the options of the ends demand. Missing in records of older versions: the defaults. */
  readonly openerTerms?: ChannelTerms;
  readonly otherTerms?: ChannelTerms;
}

/** The sender has offered an HTLC in the first channel of a part. */
interface SendRecord {
  readonly kind: 'send';
  readonly part: Part;
}

/** A node has changed its fees or limits for forwarding through a channel. */
export interface FeesRecord extends ChannelTerms {
  readonly kind: 'fees';
  /** The funding output, as `txid:vout`. */
  readonly channel: string;
  readonly by: string;
}

/** What a node commits first in its own database. It conflicts with nothing that other nodes can do. */
export type OwnRecord = TransactionRecord | OpenRecord | SendRecord | FeesRecord;

const OWN: readonly string[] = [
  'transaction',
  'open',
  'send',
  'fees',
] satisfies OwnRecord['kind'][];

interface MemberRecord {
  readonly kind: 'member';
  readonly id: string;
  readonly alias: string;
  readonly color: string;
}

/** A block, with the pending transactions in their order. */
export interface BlockRecord {
  readonly kind: 'block';
  readonly height: number;
  readonly hash: string;
  readonly time: string;
  readonly txids: readonly string[];
}

/** A close of a channel, with its transaction. Pending parts through the channel fail. */
export interface CloseRecord {
  readonly kind: 'close';
  /** The funding output, as `txid:vout`. */
  readonly channel: string;
  readonly by: string;
  readonly type: 'mutual' | 'unilateral';
  readonly raw: string;
}

/** A node has offered the HTLC of a later hop. */
export interface ForwardRecord {
  readonly kind: 'forward';
  readonly part: string;
  readonly hop: number;
}

/** The recipient has accepted all parts of a payment. */
export interface SettleRecord {
  readonly kind: 'settle';
  readonly parts: readonly string[];
  readonly preimage: string;
  /** A plugin can settle a payment, which pays no invoice. */
  readonly by: 'invoice' | 'plugin';
}

export interface FailRecord {
  readonly kind: 'fail';
  readonly part: string;
  readonly failure: string;
  /** The number of hops to the failing node. */
  readonly index: number;
}

/** What nodes decide in the order of the journal. */
export type SharedRecord =
  MemberRecord | BlockRecord | CloseRecord | ForwardRecord | SettleRecord | FailRecord;

export type WorldRecord = OwnRecord | SharedRecord;

/** Whether a node applies the record before it writes the record to the journal. */
export function isOwnRecord(record: WorldRecord): record is OwnRecord {
  return OWN.includes(record.kind);
}
