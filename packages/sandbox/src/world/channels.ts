import { isoMilliseconds } from '../clock.ts';
import { fundingScript } from './addresses.ts';
import { CHANNEL, DELAYED, type Chain, type StoredTransaction, type OwnedOutput } from './chain.ts';
import {
  type AnnouncedPolicy,
  balanceOf,
  capacityMsat,
  channelId,
  isOurs,
  peerOf,
  policyOfNew,
  TO_SELF_DELAY,
  type ChangeCause,
  type Channel,
  type ChannelState,
} from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Movements } from './movements.ts';
import { OURS, type WorldNodes } from './nodes.ts';
import { logCommitted, type WorldContext } from './context.ts';
import { DUST_SAT, type Outpoint, serialize } from './transaction.ts';
import type { Wallet } from './wallet.ts';

/** The closing fees that the opener pays: for a mutual close, and for a commitment transaction. */
const MUTUAL_FEE_SAT = 196n;
const UNILATERAL_FEE_SAT = 1405n;
/** The fee of the transaction that sweeps our output of a commitment transaction. */
const SWEEP_FEE_SAT = 111n;
/** Confirmations after which a close is final and the node forgets the channel (BOLT 5). */
const FORGET_DEPTH = 100;

/** lightningd's reason for the first state change of a close. */
const CLOSED_BY_USER = 'User or plugin invoked close command';

/** Opens and closes channels, and tracks their transactions on the chain. */
export class Channels {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #store: ChannelStore;
  readonly #nodes: WorldNodes;
  readonly #wallet: Wallet;
  readonly #movements: Movements;

  constructor(
    context: WorldContext,
    dependencies: {
      chain: Chain;
      store: ChannelStore;
      nodes: WorldNodes;
      wallet: Wallet;
      movements: Movements;
    },
  ) {
    this.#context = context;
    this.#chain = dependencies.chain;
    this.#store = dependencies.store;
    this.#nodes = dependencies.nodes;
    this.#wallet = dependencies.wallet;
    this.#movements = dependencies.movements;
  }

  /** The funding script of a new channel. */
  newFundingScript(): Buffer {
    const number = this.#context.vars.next('funding_keys');
    return fundingScript(this.#context.keys.makeSecret(Buffer.from(`sandbox funding ${number}`)));
  }

  /** Adds a channel whose funding transaction is pending. */
  add(funding: {
    opener: bigint;
    other: bigint;
    outpoint: Outpoint;
    capacitySat: bigint;
    pushedMsat: bigint;
    announced: boolean;
    /** Of a channel with a node of the shared world. */
    scripts?: { readonly ours: Buffer; readonly peer: Buffer } | undefined;
    /** What the options of both ends demand. Default: those of our node, and nothing */
    terms?: { readonly opener: AnnouncedPolicy; readonly other: AnnouncedPolicy } | undefined;
  }): Channel {
    const { opener, other, outpoint, capacitySat, pushedMsat, announced, scripts, terms } = funding;
    const added = this.#store.add({
      opener,
      other,
      capacitySat,
      openerMsat: capacitySat * 1000n - pushedMsat,
      pushedMsat,
      announced,
      funding: outpoint,
      closeScript: scripts?.ours ?? this.#wallet.newScript(),
      peerScript: scripts?.peer,
    });
    if (terms !== undefined) {
      const announce = (end: bigint, own: AnnouncedPolicy, peer: AnnouncedPolicy): void => {
        this.#store.setAnnouncedPolicy(added, end, policyOfNew(added, own, peer.htlcMinMsat));
      };
      announce(opener, terms.opener, terms.other);
      announce(other, terms.other, terms.opener);
    }
    if (!isOurs(added)) return this.#store.get(added.key);
    const { policy } = this.#context.channelDefaults;
    const [own, peer] =
      opener === OURS ? [terms?.opener, terms?.other] : [terms?.other, terms?.opener];
    const minimums = {
      ours: (own ?? policy).htlcMinMsat,
      peers: peer?.htlcMinMsat ?? 0n,
    };
    const channel = this.#store.setPolicy(this.#store.setMinimums(added, minimums), {
      ...policyOfNew(added, own ?? policy, minimums.peers),
      ignoresFeeLimits: policy.ignoresFeeLimits,
    });
    this.#notifyState(channel, undefined, openerCause(channel), 'new channel opened');
    if (opener !== OURS) {
      this.#context.notifier.native('channel_opened', () => ({
        id: this.#nodes.idOf(opener),
        funding_msat: capacityMsat(channel),
        funding_txid: outpoint.txid.toString('hex'),
        channel_ready: false,
      }));
    }
    return channel;
  }

  /** Handles a confirmed transaction that spends a funding output. Call it before `block_added`. */
  onFundingSpent(transaction: StoredTransaction): void {
    const channel = this.#spentBy(transaction);
    if (channel === undefined || !isOurs(channel)) return;
    this.#change(channel, 'FUNDING_SPEND_SEEN', closerCause(channel), 'Onchain funding spend');
  }

  /** Locks in or closes the channel of a confirmed transaction. Call it after `block_added`. */
  onConfirmed(transaction: StoredTransaction): void {
    for (const funded of this.#store.fundedBy(transaction.txid)) this.#lockIn(funded, transaction);
    const closed = this.#spentBy(transaction);
    if (closed !== undefined) this.#recordClose(closed, transaction);
  }

  /** Sweeps the delayed outputs that can be spent now, and forgets the channels whose close is final. */
  onNewHeight(): void {
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
      if (isOurs(channel)) this.#notifyState(forgotten, channel.state, 'unknown', undefined);
    }
  }

  /** Closes a channel by agreement. @returns the closing transaction */
  closeMutually(channel: Channel, by: 'local' | 'remote'): { txid: Buffer; raw: Buffer } {
    const cause = causeOf(by);
    const shuttingDown = this.#change(
      channel,
      'CHANNELD_SHUTTING_DOWN',
      cause,
      by === 'local' ? CLOSED_BY_USER : 'Peer closes channel',
    );
    const negotiating = this.#change(shuttingDown, 'CLOSINGD_SIGEXCHANGE', cause, 'Start closingd');
    const sent = this.#close(negotiating, by, MUTUAL_FEE_SAT, OURS);
    this.#change(this.#store.get(channel.key), 'CLOSINGD_COMPLETE', cause, 'Closing complete');
    return sent;
  }

  /** Publishes our commitment transaction, because the peer is disconnected. Our output is delayed. */
  closeUnilaterally(channel: Channel): { txid: Buffer; raw: Buffer } {
    const cause: ChangeCause = 'user';
    const shuttingDown = this.#change(channel, 'CHANNELD_SHUTTING_DOWN', cause, CLOSED_BY_USER);
    const unilateral = this.#change(
      shuttingDown,
      'AWAITING_UNILATERAL',
      cause,
      'Forcibly closed by `close` command timeout',
    );
    return this.#close(unilateral, 'local', UNILATERAL_FEE_SAT, DELAYED);
  }

  /**
   * The closing transaction of a channel with a node of the shared world, for the journal. Each end gets its balance; the
   * opener pays the fee.
   */
  sharedClosing(channel: Channel, type: 'mutual' | 'unilateral'): Buffer {
    const fee = type === 'mutual' ? MUTUAL_FEE_SAT : UNILATERAL_FEE_SAT;
    return serialize({
      inputs: [channel.funding],
      outputs: this.#closingOutputs(channel, fee, OURS),
      locktime: this.#chain.height,
    });
  }

  /** Records a close that the journal contains, with its pending transaction. */
  recordSharedClose(
    channel: Channel,
    { txid }: { readonly txid: Buffer },
    type: 'mutual' | 'unilateral',
    by: 'local' | 'remote',
  ): void {
    const cause = causeOf(by);
    const change = (state: ChannelState, message: string): void => {
      this.#change(this.#store.get(channel.key), state, cause, message);
    };
    if (type === 'mutual' || by === 'local') {
      change('CHANNELD_SHUTTING_DOWN', by === 'local' ? CLOSED_BY_USER : 'Peer closes channel');
    }
    if (type === 'mutual') {
      change('CLOSINGD_SIGEXCHANGE', 'Start closingd');
    } else {
      change(
        'AWAITING_UNILATERAL',
        by === 'local' ? 'Forcibly closed by `close` command timeout' : 'Peer closes unilaterally',
      );
    }
    this.#store.setClosing(channel, txid, by);
    if (type === 'mutual') change('CLOSINGD_COMPLETE', 'Closing complete');
  }

  /** Records the movements of a confirmed sweep of our delayed outputs. */
  recordSweep(transaction: StoredTransaction): void {
    for (const output of this.#chain.spentBy(transaction.txid)) {
      if (output.owner !== DELAYED) continue;
      const [commitment] = this.#chain.spentBy(output.txid);
      const channel = commitment && this.#store.byFunding(commitment);
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

  #lockIn(channel: Channel, { height, position }: StoredTransaction): void {
    const located = this.#store.lockIn(channel, `${height}x${position}x${channel.funding.vout}`);
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
      outpoint: channel.funding,
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

  #recordClose(channel: Channel, { txid, height }: StoredTransaction): void {
    if (isOurs(channel)) {
      const account = channelId(channel);
      const outputs = this.#chain.outputsOf(txid);
      this.#movements.onChain({
        account,
        debitMsat: balanceOf(channel, OURS),
        tag: 'channel_close',
        outpoint: channel.funding,
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

  /** Pays each end its balance, without the fee of the opener and without outputs below dust. */
  #close(
    channel: Channel,
    by: 'local' | 'remote',
    feeSat: bigint,
    ours: bigint,
  ): { txid: Buffer; raw: Buffer } {
    const outputs = this.#closingOutputs(channel, feeSat, ours);
    const closing = this.#chain.add({ inputs: [channel.funding] }, outputs);
    this.#store.setClosing(channel, closing.txid, by);
    return closing;
  }

  #closingOutputs(channel: Channel, feeSat: bigint, ours: bigint): OwnedOutput[] {
    const outputs = [channel.opener, channel.other].flatMap((node): OwnedOutput[] => {
      const balance = balanceOf(channel, node) / 1000n;
      const amountSat = node === channel.opener ? balance - feeSat : balance;
      if (amountSat < DUST_SAT) return [];
      return node === OURS
        ? [{ owner: ours, amountSat, script: channel.closeScript }]
        : [{ owner: node, amountSat, script: channel.peerScript ?? this.newFundingScript() }];
    });
    // BIP 69 sorts outputs by amount, so that the order does not reveal the owners.
    return outputs.toSorted((a, b) => Number(a.amountSat - b.amountSat));
  }

  #spentBy(transaction: StoredTransaction): Channel | undefined {
    const spent = this.#chain.spentBy(transaction.txid).find(({ owner }) => owner === CHANNEL);
    return spent === undefined ? undefined : this.#store.byFunding(spent);
  }

  #change(channel: Channel, state: ChannelState, cause: ChangeCause, message: string): Channel {
    const change = this.#changeOf(channel, state, cause, message);
    const changed = this.#store.setState(channel, state, change);
    if (isOurs(channel)) this.#notifyState(changed, channel.state, cause, message);
    return changed;
  }

  #changeOf(channel: Channel, state: ChannelState, cause: ChangeCause, message: string) {
    const timestamp = isoMilliseconds(this.#context.clock.now());
    return { timestamp, old_state: channel.state, new_state: state, cause, message };
  }

  #notifyState(
    channel: Channel,
    before: ChannelState | undefined,
    cause: ChangeCause | 'unknown',
    message: string | undefined,
  ): void {
    const { deprecated } = this.#context;
    const timestamp = isoMilliseconds(this.#context.clock.now());
    if (before !== undefined) {
      const peer = this.#nodes.idOf(peerOf(channel));
      const source = { source: `chan#${channel.key}`, peer };
      const change = `State changed from ${before} to ${channel.state}`;
      logCommitted(this.#context, 'info', source, change);
    }
    this.#context.notifier.native('channel_state_changed', () => ({
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

function causeOf(by: 'local' | 'remote' | undefined): ChangeCause {
  return by === 'local' ? 'user' : 'remote';
}

/** The opener is the cause of each state change before the close; the closer is the cause afterwards. */
function openerCause({ opener }: Channel): ChangeCause {
  return causeOf(opener === OURS ? 'local' : 'remote');
}

function closerCause({ closer }: Channel): ChangeCause {
  return causeOf(closer);
}
