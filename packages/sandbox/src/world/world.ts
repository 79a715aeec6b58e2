import { seconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { Waiters } from '../waiters.ts';
import { PeerInvoices } from './peer-invoices.ts';
import { Audit } from './audit.ts';
import { Blocks } from './blocks.ts';
import { CHANNEL, Chain, type Output } from './chain.ts';
import { balanceOf, channelId, isOurs, peerOf, reserveMsat, type Channel } from './channel.ts';
import { ChannelStore } from './channel-store.ts';
import { Channels } from './channels.ts';
import { Connections } from './connections.ts';
import { InvoiceCache } from './invoice-cache.ts';
import { Forwards } from './forwards.ts';
import { coinType, Movements } from './movements.ts';
import { MoveStore } from './move-store.ts';
import { OURS, WorldNodes, type Conduct, type WorldNode } from './nodes.ts';
import { HtlcStore } from './htlc-store.ts';
import { inTransaction, type WorldContext } from './context.ts';
import { Payments } from './payments.ts';
import { PeerOffers } from './peer-offers.ts';
import { PaymentStore } from './payment-store.ts';
import type { Waits } from './waits.ts';
import { fundingFee, Wallet } from './wallet.ts';
import type { Amount } from './coin-selection.ts';
import { Coins } from './coins.ts';
import { type CoinSource, Funding } from './funding.ts';
import { fundPayouts } from './payouts.ts';
import { PreparedTransactions } from './prepared.ts';
import { Sending } from './sending.ts';

/** lightningd's default of `min-capacity-sat`: the minimum capacity without the reserves. */
const MIN_CAPACITY_SAT = 10_000n;

/** A funding transaction should be confirmed within that time (BOLT 2). */
const FUNDING_RESERVE_BLOCKS = 2016;

/** The parameters of a new channel. */
interface Opening {
  readonly peer: WorldNode;
  readonly amount: Amount;
  readonly pushMsat: bigint;
  readonly announce: boolean;
}

/** How the funding transaction is paid. */
interface OpeningCosts {
  /** Satoshi per 1000 weight units. */
  readonly perKw: bigint;
  readonly source: CoinSource;
}

/** New channels, in the order of the openings, and their funding transaction. */
interface Opened {
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
  readonly payments: Payments;
  readonly paymentStore: PaymentStore;
  readonly forwards: Forwards;
  readonly audit: Audit;
  readonly waits: Waits;
  readonly notifier: Notifier;
  readonly context: WorldContext;
  readonly #channels: Channels;
  /** Callers that wait for a node to change its conduct. */
  readonly #conductWaiters = new Waiters<string, undefined>();

  constructor(context: WorldContext, invoices: Invoices, waits: Waits) {
    this.context = context;
    const { database, vars, keys, clock } = context;
    this.moves = new MoveStore(database);
    const movements = new Movements(context, waits, this.moves);
    const store = new ChannelStore(database);
    this.waits = waits;
    this.notifier = context.notifier;
    this.chain = new Chain(database, seconds(clock));
    this.nodes = new WorldNodes(database, keys);
    this.connections = new Connections(context, this.nodes);
    this.channels = store;
    this.htlcs = new HtlcStore(database);
    this.wallet = new Wallet(context, this.chain);
    this.coins = new Coins(this.chain);
    const { chain, nodes, wallet, connections, coins } = this;
    this.funding = new Funding(context, { chain, wallet, coins, channels: store });
    this.sending = new Sending(context, { chain, wallet, coins, movements });
    this.#channels = new Channels(context, { chain, store, nodes, wallet, movements });
    this.blocks = new Blocks(context, { chain, channels: this.#channels, movements });
    this.peerInvoices = new PeerInvoices(context, nodes, this.invoices);
    this.peerOffers = new PeerOffers(context, nodes, this.peerInvoices);
    this.paymentStore = new PaymentStore(database, vars);
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
    });
    this.forwards = new Forwards(context, { chain: this.chain, store, movements, waits });
    this.audit = new Audit(database, vars);
  }

  /** Emits `balance_snapshot`, and connects the peers with open channels. Call it once, after the start. */
  begin(): void {
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
      if (channel.closingTxid !== undefined) continue;
      this.connections.connect(this.nodes.byNumber(peerOf(channel)), 'out');
    }
  }

  /** Our channels with a node, except forgotten ones. */
  channelsWith(node: WorldNode): Channel[] {
    return this.channels
      .living()
      .filter((channel) => isOurs(channel) && peerOf(channel) === node.number);
  }

  mine(): { height: number; hash: string } {
    return inTransaction(this.context, () => this.blocks.mine());
  }

  /** Mints money for the wallet, and mines the transaction. */
  fund(amountSat: bigint, script = this.wallet.newScript()): Output {
    return inTransaction(this.context, () => {
      const output = this.wallet.mint(amountSat, script);
      this.blocks.mine();
      return output;
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
        payouts,
        perKw,
        source,
        reserve: FUNDING_RESERVE_BLOCKS,
        keepEmergency: true,
      });
      const outputs = psbt.outputs;
      for (const [vout, { pushMsat }] of openings.entries()) {
        checkCapacity(outputs[vout]?.amountSat ?? 0n, pushMsat);
      }
      this.sending.sign(psbt);
      const owners = new Map(payouts.map(({ script }) => [script.toString('hex'), CHANNEL]));
      const { txid, raw } = this.sending.send(psbt, { reserve: 0, owners });
      const channels = openings.map(({ peer, pushMsat, announce }, vout) =>
        this.#channels.add({
          opener: OURS,
          other: peer.number,
          outpoint: { txid, vout },
          capacitySat: outputs[vout]?.amountSat ?? 0n,
          pushedMsat: pushMsat,
          announced: announce,
        }),
      );
      return { channels, txid, raw };
    });
  }

  /**
   * Creates a channel that is open at once: mints money, funds the channel with it, and mines both
   * transactions.
   */
  createOpenChannel(opener: bigint, other: bigint, capacitySat: bigint, pushMsat: bigint): Channel {
    checkCapacity(capacitySat, pushMsat);
    return inTransaction(this.context, () => {
      const peer = opener === OURS ? other : other === OURS ? opener : undefined;
      if (peer !== undefined) {
        const direction = opener === OURS ? 'out' : 'in';
        this.connections.connect(this.nodes.byNumber(peer), direction);
      }
      if (opener === OURS) {
        const script = this.#channels.newFundingScript();
        const coin = this.wallet.mint(capacitySat + fundingFee(script), this.wallet.newScript());
        this.blocks.mine();
        const output = { owner: CHANNEL, amountSat: capacitySat, script };
        const funding = this.chain.add({ inputs: [coin] }, [output]);
        return this.#addAndLockIn(opener, other, funding.txid, capacitySat, pushMsat);
      }
      const script = this.#channels.newFundingScript();
      const { txid } = this.wallet.mint(capacitySat, script, CHANNEL);
      return this.#addAndLockIn(opener, other, txid, capacitySat, pushMsat);
    });
  }

  /** Closes a channel: by agreement if the peer is connected, otherwise unilaterally. */
  close(channel: Channel): { txid: Buffer; raw: Buffer; type: 'mutual' | 'unilateral' } {
    const peer = this.nodes.byNumber(peerOf(channel));
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

  #addAndLockIn(
    opener: bigint,
    other: bigint,
    txid: Buffer,
    capacitySat: bigint,
    pushedMsat: bigint,
  ): Channel {
    const { key } = this.#channels.add({
      opener,
      other,
      outpoint: { txid, vout: 0 },
      capacitySat,
      pushedMsat,
      announced: true,
    });
    this.blocks.mine();
    return this.channels.get(key);
  }
}

function checkCapacity(capacitySat: bigint, pushMsat: bigint): void {
  const capacityMsat = capacitySat * 1000n;
  if (pushMsat > capacityMsat) {
    throw new CommandError(
      ErrorCode.invalidParams,
      `You are trying to push ${pushMsat}msat of a channel of ${capacitySat}sat`,
    );
  }
  const reserve = reserveMsat({ capacitySat });
  if (capacityMsat - 2n * reserve < MIN_CAPACITY_SAT * 1000n) {
    throw new CommandError(
      ErrorCode.general,
      `Not opening because with funding ${capacitySat}sat and reserves ${reserve / 1000n}sat/${reserve / 1000n}sat channel capacity is below ${MIN_CAPACITY_SAT}sat`,
    );
  }
}
