import type { Blocks } from '../world/blocks.ts';
import { CHANNEL, type Chain, DELAYED, outpointOf, STRANGER } from '../world/chain.ts';
import { isOurs } from '../world/channel.ts';
import type { Channels } from '../world/channels.ts';
import type { ChannelStore } from '../world/channel-store.ts';
import type { WorldContext } from '../world/context.ts';
import { OURS, type WorldNodes } from '../world/nodes.ts';
import { displayedHash, readTransaction } from '../world/transaction.ts';
import type { Wallet } from '../world/wallet.ts';
import { policyOfTerms } from './channel-terms.ts';
import type { BlockRecord, CloseRecord, FeesRecord, OpenRecord } from './records.ts';

interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly blocks: Blocks;
  readonly channels: Channels;
  readonly store: ChannelStore;
  readonly nodes: WorldNodes;
  readonly wallet: Wallet;
}

/** Applies the records of nodes, transactions, blocks and channels. */
export class ChainRecords {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addMember(member: { readonly id: string; readonly alias: string; readonly color: string }): void {
    if (member.id !== this.#parts.context.keys.id) this.#parts.nodes.setMember(member);
  }

  /** Adds another node's transaction. What pays to one of our scripts is ours. */
  addTransaction(raw: Buffer): void {
    const { chain, wallet, context } = this.#parts;
    // Several nodes can publish a transaction that they have made together.
    if (chain.transaction(displayedHash(raw)) !== undefined) return;
    const { inputs, outputs } = readTransaction(raw);
    // The sandbox creates money with an input that does not exist.
    if (inputs.every((input) => chain.output(input) === undefined)) {
      const created = outputs.reduce((sum, { amountSat }) => sum + amountSat, 0n);
      const minted = context.vars.integer('minted_sat', 0n);
      context.vars.setInteger('minted_sat', minted + created);
    }
    chain.include(raw, ({ script }) => (wallet.isOurs(script) ? OURS : STRANGER));
  }

  addBlock({ height, hash, time, txids }: BlockRecord): void {
    this.#parts.blocks.connect({
      height,
      hash: Buffer.from(hash, 'hex'),
      time: BigInt(time),
      txids: txids.map((txid) => Buffer.from(txid, 'hex')),
    });
  }

  open(record: OpenRecord): void {
    const { chain, channels } = this.#parts;
    const opener = this.#numberOf(record.opener);
    const other = this.#numberOf(record.other);
    const isParty = opener === OURS || other === OURS;
    // Other nodes learn of a private channel neither its balances nor its end.
    if (!isParty && !record.announced) return;
    const outpoint = outpointOf(record.funding);
    chain.setOwner(outpoint, CHANNEL);
    const [ours, peers] =
      other === OURS
        ? [record.otherScript, record.openerScript]
        : [record.openerScript, record.otherScript];
    channels.add({
      opener,
      other,
      outpoint,
      capacitySat: BigInt(record.capacitySat),
      pushedMsat: BigInt(record.pushedMsat),
      announced: record.announced,
      scripts: { ours: Buffer.from(ours, 'hex'), peer: Buffer.from(peers, 'hex') },
      terms: {
        opener: policyOfTerms(record.openerTerms),
        other: policyOfTerms(record.otherTerms),
      },
    });
  }

  /** Sets the fees and limits of a channel that we know. */
  setFees(record: FeesRecord): void {
    const { store } = this.#parts;
    const channel = store.byFunding(outpointOf(record.channel));
    if (channel === undefined) return;
    store.setAnnouncedPolicy(channel, this.#numberOf(record.by), policyOfTerms(record));
  }

  /** Applies a close. Of a private channel of other nodes, only the transaction is known. */
  close({ channel: funding, by, type, raw }: CloseRecord): void {
    const { chain, channels, context, store } = this.#parts;
    const channel = store.byFunding(outpointOf(funding));
    const bytes = Buffer.from(raw, 'hex');
    if (channel === undefined) {
      this.addTransaction(bytes);
      return;
    }
    const isCloser = by === context.keys.id;
    const owner = type === 'unilateral' && isCloser ? DELAYED : OURS;
    const closing = chain.include(bytes, ({ script }) =>
      isOurs(channel) && script.equals(channel.closeScript) ? owner : STRANGER,
    );
    channels.recordSharedClose(channel, closing, type, isCloser ? 'local' : 'remote');
  }

  #numberOf(id: string): bigint {
    const { context, nodes } = this.#parts;
    if (id === context.keys.id) return OURS;
    const found = nodes.byId(id);
    if (found === undefined) throw new Error(`the world has no node ${id}`);
    return found.number;
  }
}
