import { isoMilliseconds } from '../clock.ts';
import { fundingScript } from './addresses.ts';
import { CHANNEL, DELAYED, type Chain, type KeptTransaction, type OwnedOutput } from './chain.ts';
import {
  balanceOf,
  capacityMsat,
  channelId,
  isOurs,
  peerOf,
  TO_SELF_DELAY,
  type ChangeCause,
  type Channel,
  type ChannelState,
} from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Movements } from './movements.ts';
import { OURS, type WorldNodes } from './nodes.ts';
import type { WorldParts } from './parts.ts';
import { DUST_SAT, type Outpoint } from './transaction.ts';
import type { Wallet } from './wallet.ts';

/** What closing costs the opener, in satoshi: agreed on, and by the commitment that was at hand. */
const MUTUAL_FEE_SAT = 196n;
const UNILATERAL_FEE_SAT = 1405n;
/** What collecting from a commitment costs. */
const SWEEP_FEE_SAT = 111n;
/** How deep an end must be to be final, and the channel forgotten (BOLT 5). */
const FORGET_DEPTH = 100;

/** Opens and closes channels, and follows them on the chain. */
export class Channels {
  readonly #parts: WorldParts;
  readonly #chain: Chain;
  readonly #store: ChannelStore;
  readonly #nodes: WorldNodes;
  readonly #wallet: Wallet;
  readonly #movements: Movements;

  constructor(
    parts: WorldParts,
    made: {
      chain: Chain;
      store: ChannelStore;
      nodes: WorldNodes;
      wallet: Wallet;
      movements: Movements;
    },
  ) {
    this.#parts = parts;
    this.#chain = made.chain;
    this.#store = made.store;
    this.#nodes = made.nodes;
    this.#wallet = made.wallet;
    this.#movements = made.movements;
  }

  /** The script that a new channel's money is sent to. */
  newFundingScript(): Buffer {
    const number = this.#parts.vars.next('funding_keys');
    return fundingScript(this.#parts.keys.makeSecret(Buffer.from(`sandbox funding ${number}`)));
  }

  /** A channel whose funding has just been sent, and waits for a block. */
  opened(funding: {
    opener: bigint;
    other: bigint;
    txid: Buffer;
    capacitySat: bigint;
    pushedMsat: bigint;
    announced: boolean;
  }): Channel {
    const { opener, other, txid, capacitySat, pushedMsat, announced } = funding;
    const channel = this.#store.add({
      opener,
      other,
      capacitySat,
      openerMsat: capacitySat * 1000n - pushedMsat,
      pushedMsat,
      announced,
      fundingTxid: txid,
      closeScript: this.#wallet.newScript(),
    });
    if (!isOurs(channel)) return channel;
    this.#tellState(channel, undefined, openerCause(channel), 'new channel opened');
    if (opener !== OURS) {
      this.#parts.notifier.native('channel_opened', () => ({
        id: this.#nodes.idOf(opener),
        funding_msat: capacityMsat(channel),
        funding_txid: txid.toString('hex'),
        channel_ready: false,
      }));
    }
    return channel;
  }

  /** A transaction that came into a block spends a channel: it ends. Before the block is told of. */
  spent(transaction: KeptTransaction): void {
    const channel = this.#spentBy(transaction);
    if (channel === undefined || !isOurs(channel)) return;
    this.#change(channel, 'FUNDING_SPEND_SEEN', closerCause(channel), 'Onchain funding spend');
  }

  /** A transaction came into a block, which was told of: channels begin and end with it. */
  confirmed(transaction: KeptTransaction): void {
    const begun = this.#store.byFunding(transaction.txid);
    if (begun !== undefined) this.#lockIn(begun, transaction);
    const ended = this.#spentBy(transaction);
    if (ended !== undefined) this.#onChain(ended, transaction);
  }

  /** What time brings: commitments that can be collected, and ends that are final. */
  aged(): void {
    const { height } = this.#chain;
    for (const output of this.#chain.unspent(DELAYED)) {
      if (output.height === undefined || height < output.height + TO_SELF_DELAY - 1) continue;
      const amountSat = output.amountSat - SWEEP_FEE_SAT;
      if (amountSat < DUST_SAT) continue;
      this.#chain.add({ inputs: [output] }, [
        { owner: OURS, amountSat, script: this.#wallet.newScript() },
      ]);
    }
    for (const channel of this.#store.living()) {
      if (channel.closingTxid === undefined || channel.state !== 'ONCHAIN') continue;
      const closed = this.#chain.transaction(channel.closingTxid)?.height;
      if (closed === undefined || height < closed + FORGET_DEPTH - 1) continue;
      const forgotten = this.#store.forget(channel);
      if (isOurs(channel)) this.#tellState(forgotten, channel.state, 'unknown', undefined);
    }
  }

  /** Both ends agree to close. @returns the transaction that will do it */
  closeMutually(channel: Channel, by: 'local' | 'remote'): { txid: Buffer; raw: Buffer } {
    const cause = causeOf(by);
    const asked = this.#change(
      channel,
      'CHANNELD_SHUTTING_DOWN',
      cause,
      by === 'local' ? 'User or plugin invoked close command' : 'Peer closes channel',
    );
    const talking = this.#change(asked, 'CLOSINGD_SIGEXCHANGE', cause, 'Start closingd');
    const sent = this.#close(talking, by, MUTUAL_FEE_SAT, OURS);
    this.#change(this.#store.get(channel.key), 'CLOSINGD_COMPLETE', cause, 'Closing complete');
    return sent;
  }

  /** The other end is not there: we close alone, and get what is ours after a while. */
  closeAlone(channel: Channel): { txid: Buffer; raw: Buffer } {
    const cause: ChangeCause = 'user';
    const asked = this.#change(
      channel,
      'CHANNELD_SHUTTING_DOWN',
      cause,
      'User or plugin invoked close command',
    );
    const alone = this.#change(
      asked,
      'AWAITING_UNILATERAL',
      cause,
      'Forcibly closed by `close` command timeout',
    );
    return this.#close(alone, 'local', UNILATERAL_FEE_SAT, DELAYED);
  }

  /** What a block moved on an account of ours: collected from a commitment. */
  collected(transaction: KeptTransaction): void {
    for (const output of this.#chain.spentBy(transaction.txid)) {
      if (output.owner !== DELAYED) continue;
      const [commitment] = this.#chain.spentBy(output.txid);
      const channel = commitment && this.#store.byFunding(commitment.txid);
      if (channel === undefined) continue;
      const common = {
        account: channelId(channel),
        outpoint: output,
        outputMsat: output.amountSat * 1000n,
      };
      this.#movements.onChain({
        ...common,
        creditMsat: common.outputMsat,
        tag: 'delayed_to_us',
        height: output.height ?? 0,
      });
      this.#movements.onChain({
        ...common,
        debitMsat: common.outputMsat,
        tag: 'to_wallet',
        spendingTxid: transaction.txid,
        height: transaction.height ?? 0,
      });
    }
  }

  #lockIn(channel: Channel, { height, position }: KeptTransaction): void {
    const located = this.#store.lockIn(channel, `${height}x${position}x0`);
    const normal = this.#change(
      located,
      'CHANNELD_NORMAL',
      openerCause(channel),
      'Lockin complete',
    );
    if (!isOurs(channel)) return;
    const account = channelId(channel);
    const weOpened = channel.opener === OURS;
    this.#movements.onChain({
      account,
      creditMsat: weOpened ? capacityMsat(channel) : 0n,
      tag: 'channel_open',
      extraTags: weOpened ? ['opener'] : [],
      outpoint: { txid: channel.fundingTxid, vout: 0 },
      peerId: this.#nodes.idOf(peerOf(normal)),
      outputMsat: capacityMsat(channel),
      height: height ?? 0,
    });
    if (channel.pushedMsat === 0n) return;
    this.#movements.inChannel({
      account,
      ...(weOpened ? { debitMsat: channel.pushedMsat } : { creditMsat: channel.pushedMsat }),
      tag: 'pushed',
      feesMsat: 0n,
    });
  }

  #onChain(channel: Channel, { txid, height }: KeptTransaction): void {
    if (isOurs(channel)) {
      const account = channelId(channel);
      const outputs = this.#chain.outputsOf(txid);
      this.#movements.onChain({
        account,
        debitMsat: balanceOf(channel, OURS),
        tag: 'channel_close',
        outpoint: { txid: channel.fundingTxid, vout: 0 },
        spendingTxid: txid,
        outputMsat: capacityMsat(channel),
        outputCount: outputs.length,
        height: height ?? 0,
      });
      for (const output of outputs) {
        if (output.owner === OURS || output.owner === DELAYED) continue;
        this.#movements.onChain({
          account: 'external',
          creditMsat: output.amountSat * 1000n,
          tag: 'to_them',
          outpoint: output,
          originatingAccount: account,
          outputMsat: output.amountSat * 1000n,
          height: height ?? 0,
        });
      }
    }
    const now = this.#store.get(channel.key);
    this.#change(now, 'ONCHAIN', closerCause(channel), 'Onchain init reply');
  }

  /** The money goes back to where it belongs, but for the fee and what is less than dust. */
  #close(
    channel: Channel,
    by: 'local' | 'remote',
    feeSat: bigint,
    ours: bigint,
  ): { txid: Buffer; raw: Buffer } {
    const outputs = [channel.opener, channel.other].flatMap((node): OwnedOutput[] => {
      const balance = balanceOf(channel, node) / 1000n;
      const amountSat = node === channel.opener ? balance - feeSat : balance;
      if (amountSat < DUST_SAT) return [];
      return node === OURS
        ? [{ owner: ours, amountSat, script: channel.closeScript }]
        : [{ owner: node, amountSat, script: this.newFundingScript() }];
    });
    // By amount, so that nobody can tell whose is whose (BIP 69).
    outputs.sort((a, b) => Number(a.amountSat - b.amountSat));
    const funding: Outpoint = { txid: channel.fundingTxid, vout: 0 };
    const made = this.#chain.add({ inputs: [funding] }, outputs);
    this.#store.setClosing(channel, made.txid, by);
    return made;
  }

  #spentBy(transaction: KeptTransaction): Channel | undefined {
    const spent = this.#chain.spentBy(transaction.txid).find(({ owner }) => owner === CHANNEL);
    return spent === undefined ? undefined : this.#store.byFunding(spent.txid);
  }

  #change(channel: Channel, state: ChannelState, cause: ChangeCause, message: string): Channel {
    const change = this.#changeOf(channel, state, cause, message);
    const changed = this.#store.setState(channel, state, change);
    if (isOurs(channel)) this.#tellState(changed, channel.state, cause, message);
    return changed;
  }

  #changeOf(channel: Channel, state: ChannelState, cause: ChangeCause, message: string) {
    const timestamp = isoMilliseconds(this.#parts.clock.now());
    return { timestamp, old_state: channel.state, new_state: state, cause, message };
  }

  #tellState(
    channel: Channel,
    before: ChannelState | undefined,
    cause: ChangeCause | 'unknown',
    message: string | undefined,
  ): void {
    const { deprecated } = this.#parts;
    const timestamp = isoMilliseconds(this.#parts.clock.now());
    this.#parts.notifier.native('channel_state_changed', () => ({
      peer_id: this.#nodes.idOf(peerOf(channel)),
      channel_id: channelId(channel),
      short_channel_id: channel.scid ?? (deprecated ? null : undefined),
      timestamp,
      old_state: before,
      new_state: channel.state,
      cause,
      message: message ?? (deprecated ? null : undefined),
    }));
  }
}

const causeOf = (by: 'local' | 'remote' | undefined): ChangeCause =>
  by === 'local' ? 'user' : 'remote';

/** Whoever opened it is behind what happens to it until it is closed, and its closer from then on. */
const openerCause = ({ opener }: Channel): ChangeCause =>
  causeOf(opener === OURS ? 'local' : 'remote');

const closerCause = ({ closer }: Channel): ChangeCause => causeOf(closer);
