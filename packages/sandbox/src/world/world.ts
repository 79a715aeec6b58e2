import { seconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { Waiters } from '../waiters.ts';
import { PeerInvoices } from './peer-invoices.ts';
import { Audit } from './audit.ts';
import { Blocks } from './blocks.ts';
import { CHANNEL, Chain, outpointText, type Output } from './chain.ts';
import { balanceOf, channelId, isOurs, peerOf, reserveMsat, type Channel } from './channel.ts';
import { ChannelStore } from './channel-store.ts';
import { CurrencyRates } from './currency-rates.ts';
import { Channels } from './channels.ts';
import { Connections } from './connections.ts';
import { InvoiceCache } from './invoice-cache.ts';
import { Forwards } from './forwards.ts';
import { coinType, Movements } from './movements.ts';
import { MoveStore } from './move-store.ts';
import { OURS, WorldNodes, type Conduct, type WorldNode } from './nodes.ts';
import { HtlcStore } from './htlc-store.ts';
import { HtlcWaits } from './htlc-waits.ts';
import { NetworkEvents } from './network-events.ts';
import { inTransaction, type WorldContext } from './context.ts';
import { Payments } from './payments.ts';
import { PartTimeouts } from './payments/part-timeouts.ts';
import { PeerOffers } from './peer-offers.ts';
import { PaymentStore } from './payment-store.ts';
import type { Waits } from './waits.ts';
import { fundingFee, Wallet } from './wallet.ts';
import type { Amount } from './coin-selection.ts';
import { Coins } from './coins.ts';
import { type CoinSource, Funding } from './funding.ts';
import { fundingRequest, fundPayouts } from './payouts.ts';
import { PreparedTransactions } from './prepared.ts';
import { Sending } from './sending.ts';
import type { Acceptance } from '../shared-world/ask-to-open.ts';
import { termsOf } from '../shared-world/channel-terms.ts';
import { createSharedWorld } from '../shared-world/create.ts';
import type { WorldJournal } from '../shared-world/journal.ts';
import type { SharedWorld } from '../shared-world/shared-world.ts';

/** A funding transaction should be confirmed within that time (BOLT 2). All channels have anchors. */
const FUNDING_OPTIONS = { reserve: 2016, keepEmergency: true };

/** The bytes of a P2WSH script. */
const FUNDING_SCRIPT_BYTES = 34;

/** The parameters of a new channel. */
export interface Opening {
  readonly peer: WorldNode;
  readonly amount: Amount;
  readonly pushMsat: bigint;
  readonly announce: boolean;
  /** What a node of the shared world has accepted. */
  readonly accepted?: Acceptance;
}

/** How the funding transaction is paid. */
export interface OpeningCosts {
  /** Satoshi per 1000 weight units. */
  readonly perKw: bigint;
  readonly source: CoinSource;
}

/** New channels, in the order of the openings, and their funding transaction. */
export interface Opened {
  readonly channels: readonly Channel[];
  readonly txid: Buffer;
  readonly raw: Buffer;
}

/**
 * The simulated environment of the node: a chain without miners, other nodes, and channels. The
 * database of the node stores all of its state. Its money has no value.
 */
export class World {
  readonly chain: Chain;
  readonly nodes: WorldNodes;
  readonly networkEvents: NetworkEvents;
  readonly connections: Connections;
  readonly channels: ChannelStore;
  readonly htlcs: HtlcStore;
  readonly moves: MoveStore;
  readonly wallet: Wallet;
  readonly coins: Coins;
  readonly funding: Funding;
  readonly sending: Sending;
  readonly prepared = new PreparedTransactions();
  readonly blocks: Blocks;
  /** Decoded invoices of all nodes. */
  readonly invoices = new InvoiceCache();
  readonly peerInvoices: PeerInvoices;
  readonly peerOffers: PeerOffers;
  readonly currencyRates: CurrencyRates;
  readonly payments: Payments;
  readonly paymentStore: PaymentStore;
  readonly partTimeouts: PartTimeouts;
  readonly forwards: Forwards;
  readonly audit: Audit;
  readonly waits: Waits;
  readonly notifier: Notifier;
  readonly context: WorldContext;
  /** The world that the node shares with other sandboxes. */
  readonly shared: SharedWorld | undefined;
  readonly #channels: Channels;
  /** Callers that wait for a node to change its conduct. */
  readonly #conductWaiters = new Waiters<string, undefined>();

  /** @param journal - of the world that the node shares with others */
  constructor(context: WorldContext, invoices: Invoices, waits: Waits, journal?: WorldJournal) {
    this.context = context;
    const { database, vars, keys, clock } = context;
    this.moves = new MoveStore(database);
    const movements = new Movements(context, waits, this.moves);
    const store = new ChannelStore(database);
    this.waits = waits;
    this.notifier = context.notifier;
    this.chain = new Chain(database, journal?.startedAt ?? seconds(clock));
    this.nodes = new WorldNodes(database, keys);
    this.networkEvents = new NetworkEvents(context, waits);
    this.connections = new Connections(context, this.nodes, this.networkEvents);
    this.channels = store;
    this.htlcs = new HtlcStore(database);
    const htlcWaits = new HtlcWaits(this.htlcs, waits);
    context.notifier.afterEachCommit(() => htlcWaits.update());
    this.wallet = new Wallet(context, this.chain);
    this.coins = new Coins(this.chain);
    const { chain, nodes, wallet, connections, coins } = this;
    this.funding = new Funding(context, { chain, wallet, coins, channels: store });
    this.sending = new Sending(context, { chain, wallet, coins, movements });
    this.#channels = new Channels(context, { chain, store, nodes, wallet, movements });
    this.blocks = new Blocks(context, { chain, channels: this.#channels, movements });
    this.peerInvoices = new PeerInvoices(context, nodes, this.invoices);
    this.currencyRates = new CurrencyRates(database);
    this.peerOffers = new PeerOffers(context, nodes, this.peerInvoices, this.currencyRates);
    this.paymentStore = new PaymentStore(database, vars);
    this.partTimeouts = new PartTimeouts(clock);
    this.payments = new Payments({
      world: context,
      chain,
      channels: store,
      nodes,
      connections,
      movements,
      store: this.paymentStore,
      peerInvoices: this.peerInvoices,
      invoices,
      waits,
      partTimeouts: this.partTimeouts,
    });
    this.forwards = new Forwards(context, { chain: this.chain, store, movements, waits });
    this.audit = new Audit(database, vars);
    this.shared =
      journal &&
      createSharedWorld(journal, {
        context,
        chain,
        blocks: this.blocks,
        channels: this.#channels,
        store,
        nodes,
        wallet,
        outgoing: this.payments.parts,
        payments: this.paymentStore,
        forwards: this.forwards,
        invoices,
        movements,
      });
  }

  /**
   * Emits `block_added` for known blocks and `balance_snapshot`, and connects the peers with open channels. Call it once,
   * after the start.
   *
   * @param rescan - lightningd's option
   */
  begin(rescan: bigint): void {
    this.payments.parts.resume();
    this.blocks.rescan(rescan);
    const { notifier, keys, network, clock } = this.context;
    const ours = this.channels.living().filter(isOurs);
    const timestamp = seconds(clock);
    const unspent = this.chain.owned(OURS).filter(({ height, spentBy }) => {
      const spentIn = spentBy === undefined ? undefined : this.chain.transaction(spentBy)?.height;
      return height !== undefined && spentIn === undefined;
    });
    const wallet = unspent.reduce((sum, { amountSat }) => sum + amountSat * 1000n, 0n);
    const funded = ours.filter(({ scid, state }) => scid !== undefined && state !== 'ONCHAIN');
    notifier.native('balance_snapshot', () => ({
      node_id: keys.id,
      blockheight: this.chain.height,
      timestamp,
      accounts: [
        { account_id: 'wallet', balance_msat: wallet, coin_type: coinType(network) },
        ...funded.map((channel) => ({
          account_id: channelId(channel),
          balance_msat: balanceOf(channel, OURS),
          coin_type: coinType(network),
        })),
      ],
    }));
    for (const channel of ours) {
      const peer = this.nodes.byNumber(peerOf(channel));
      if (channel.closingTxid !== undefined || peer.member !== undefined) continue;
      this.connections.connect(peer, 'out');
    }
  }

  /** Our channels with a node, except forgotten ones. */
  channelsWith(node: WorldNode): Channel[] {
    return this.channels
      .living()
      .filter((channel) => isOurs(channel) && peerOf(channel) === node.number);
  }

  mine(): { height: number; hash: string } {
    if (this.shared === undefined) return inTransaction(this.context, () => this.blocks.mine());
    const block = this.shared.commit(() => {
      const { height, hash, time, txids } = this.chain.nextBlock(seconds(this.context.clock));
      return {
        kind: 'block',
        height,
        hash: hash.toString('hex'),
        time: String(time),
        txids: txids.map((txid) => txid.toString('hex')),
      };
    });
    if (block === undefined) throw new Error('the block is missing');
    return { height: block.height, hash: block.hash };
  }

  /** Mints money for the wallet, and mines the transaction. */
  fund(amountSat: bigint, script = this.wallet.newScript()): Output {
    return this.#inSteps(() => {
      const output = inTransaction(this.context, () => this.wallet.mint(amountSat, script));
      this.mine();
      return output;
    });
  }

  /** The capacities of channels before they are opened. @throws CommandError if the wallet cannot fund them */
  plannedCapacities(openings: readonly Opening[], { perKw, source }: OpeningCosts): bigint[] {
    const script = Buffer.alloc(FUNDING_SCRIPT_BYTES);
    const payouts = openings.map(({ amount }) => ({ script, amount }));
    const options = { ...FUNDING_OPTIONS, payouts, perKw, source };
    const { excess } = this.funding.plan(fundingRequest(options), source);
    return openings.map(({ amount, pushMsat }) => {
      const capacity = amount === 'all' ? excess : amount;
      checkCapacity(capacity, pushMsat, this.context);
      return capacity;
    });
  }

  /**
   * Opens channels that one transaction of the wallet funds. It is pending. Use it in a command of `withPsbts`.
   *
   * @throws CommandError if the coins do not suffice, or a channel would be too small
   */
  open(openings: readonly Opening[], { perKw, source }: OpeningCosts): Opened {
    return inTransaction(this.context, () => {
      const payouts = openings.map(({ amount }) => ({
        script: this.#channels.newFundingScript(),
        amount,
      }));
      const { psbt } = fundPayouts(this.funding, {
        ...FUNDING_OPTIONS,
        payouts,
        perKw,
        source,
      });
      const outputs = psbt.outputs;
      for (const [vout, { pushMsat }] of openings.entries()) {
        checkCapacity(outputs[vout]?.amountSat ?? 0n, pushMsat, this.context);
      }
      this.sending.sign(psbt);
      const owners = new Map(payouts.map(({ script }) => [script.toString('hex'), CHANNEL]));
      const { txid, raw } = this.sending.send(psbt, { reserve: 0, owners });
      const channels = openings.map(({ peer, pushMsat, announce, accepted }, vout) => {
        const ownTerms = this.context.channelDefaults.policy;
        const channel = this.#channels.add({
          opener: OURS,
          other: peer.number,
          outpoint: { txid, vout },
          capacitySat: outputs[vout]?.amountSat ?? 0n,
          pushedMsat: pushMsat,
          announced: announce,
          scripts: accepted && { ours: this.wallet.newScript(), peer: accepted.script },
          terms: accepted && { opener: ownTerms, other: accepted.terms },
        });
        if (accepted !== undefined) this.#publishOpen(channel, peer, accepted);
        return channel;
      });
      return { channels, txid, raw };
    });
  }

  /**
   * Creates a channel that is open at once: mints money, funds the channel with it, and mines both
   * transactions.
   */
  createOpenChannel(opener: bigint, other: bigint, capacitySat: bigint, pushMsat: bigint): Channel {
    checkCapacity(capacitySat, pushMsat, this.context);
    return this.#inSteps(() => {
      const peer = opener === OURS ? other : other === OURS ? opener : undefined;
      if (peer !== undefined) {
        const direction = opener === OURS ? 'out' : 'in';
        this.connections.connect(this.nodes.byNumber(peer), direction);
      }
      if (opener === OURS) {
        const script = this.#channels.newFundingScript();
        const coin = this.fund(capacitySat + fundingFee(script));
        const output = { owner: CHANNEL, amountSat: capacitySat, script };
        return this.#addAndLockIn(opener, other, capacitySat, pushMsat, () =>
          this.chain.add({ inputs: [coin] }, [output]),
        );
      }
      const script = this.#channels.newFundingScript();
      return this.#addAndLockIn(opener, other, capacitySat, pushMsat, () =>
        this.wallet.mint(capacitySat, script, CHANNEL),
      );
    });
  }

  /** Closes a channel: by agreement if the peer is connected, otherwise unilaterally. */
  close(channel: Channel): { txid: Buffer; raw: Buffer; type: 'mutual' | 'unilateral' } {
    const peer = this.nodes.byNumber(peerOf(channel));
    if (this.shared !== undefined && peer.member !== undefined) {
      return this.#closeShared(channel, peer, this.shared);
    }
    return inTransaction(this.context, () => {
      this.payments.failThrough(channel);
      if (!this.connections.has(peer.id)) {
        return { ...this.#channels.closeUnilaterally(channel), type: 'unilateral' };
      }
      return { ...this.#channels.closeMutually(channel, 'local'), type: 'mutual' };
    });
  }

  /** Simulates a close that the peer starts. */
  closedByPeer(channel: Channel): { txid: Buffer; raw: Buffer } {
    return inTransaction(this.context, () => {
      this.payments.failThrough(channel);
      return this.#channels.closeMutually(channel, 'remote');
    });
  }

  setConduct(node: WorldNode, conduct: Conduct): void {
    this.nodes.setConduct(node, conduct);
    this.payments.release(this.nodes.byNumber(node.number));
    this.#conductWaiters.resolveWhere(
      () => undefined,
      (id) => id === node.id,
    );
  }

  /** Waits while a node holds payments. Rejects when the signal aborts. */
  async released(id: string, signal: AbortSignal): Promise<void> {
    while (this.nodes.byId(id)?.conduct === 'hold') await this.#conductWaiters.wait(id, signal);
  }

  /** @param fund - publishes the funding transaction */
  #addAndLockIn(
    opener: bigint,
    other: bigint,
    capacitySat: bigint,
    pushedMsat: bigint,
    fund: () => { readonly txid: Buffer },
  ): Channel {
    const { key } = inTransaction(this.context, () => {
      const { txid } = fund();
      return this.#channels.add({
        opener,
        other,
        outpoint: { txid, vout: 0 },
        capacitySat,
        pushedMsat,
        announced: true,
      });
    });
    this.mine();
    return this.channels.get(key);
  }

  /** In a shared world, each block is a step of its own: all nodes must agree on it. */
  #inSteps<T>(work: () => T): T {
    return this.shared === undefined ? inTransaction(this.context, work) : work();
  }

  /** Lets the other nodes of a shared world know our fees and limits in a channel. Call it within the transaction that changes them. */
  announcePolicy(channel: Channel): void {
    const peer = this.nodes.byNumber(peerOf(channel));
    if (this.shared === undefined || peer.member === undefined) return;
    this.channels.setAnnouncedPolicy(channel, OURS, channel.policy);
    this.shared.publish({
      kind: 'fees',
      channel: outpointText(channel.funding),
      by: this.context.keys.id,
      ...termsOf(channel.policy),
    });
  }

  #publishOpen(channel: Channel, peer: WorldNode, { script, terms }: Acceptance): void {
    this.shared?.publish({
      kind: 'open',
      opener: this.context.keys.id,
      other: peer.id,
      capacitySat: String(channel.capacitySat),
      pushedMsat: String(channel.pushedMsat),
      announced: channel.announced,
      funding: outpointText(channel.funding),
      openerScript: channel.closeScript.toString('hex'),
      otherScript: script.toString('hex'),
      openerTerms: termsOf(this.context.channelDefaults.policy),
      otherTerms: termsOf(terms),
    });
  }

  #closeShared({ key }: Channel, peer: WorldNode, shared: SharedWorld) {
    const type = this.connections.has(peer.id) ? 'mutual' : 'unilateral';
    const record = shared.commit(() => {
      const channel = this.channels.get(key);
      if (channel.closingTxid !== undefined) return undefined;
      return {
        kind: 'close',
        channel: outpointText(channel.funding),
        by: this.context.keys.id,
        type,
        raw: this.#channels.sharedClosing(channel, type).toString('hex'),
      };
    });
    const { closingTxid } = this.channels.get(key);
    const closing = closingTxid && this.chain.transaction(closingTxid);
    if (closing === undefined) throw new Error('the closing transaction is missing');
    // The peer can have closed the channel just before.
    return { txid: closing.txid, raw: closing.raw, type: record?.type ?? ('mutual' as const) };
  }
}

function checkCapacity(capacitySat: bigint, pushMsat: bigint, context: WorldContext): void {
  const capacityMsat = capacitySat * 1000n;
  if (pushMsat > capacityMsat) {
    throw new CommandError(
      ErrorCode.invalidParams,
      `You are trying to push ${pushMsat}msat of a channel of ${capacitySat}sat`,
    );
  }
  const reserve = reserveMsat({ capacitySat });
  const minimumSat = context.channelDefaults.minCapacitySat();
  if (capacityMsat - 2n * reserve < minimumSat * 1000n) {
    throw new CommandError(
      ErrorCode.general,
      `Not opening because with funding ${capacitySat}sat and reserves ${reserve / 1000n}sat/${reserve / 1000n}sat channel capacity is below ${minimumSat}sat`,
    );
  }
}
