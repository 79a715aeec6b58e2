import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import type { Outpoint } from './transaction.ts';
import {
  type AnnouncedPolicy,
  balanceOf,
  type Channel,
  type ChannelState,
  type Policy,
  type StateChange,
} from './channel.ts';
import { OURS } from './nodes.ts';

interface NewChannel {
  readonly opener: bigint;
  readonly other: bigint;
  readonly capacitySat: bigint;
  readonly openerMsat: bigint;
  readonly pushedMsat: bigint;
  readonly announced: boolean;
  readonly funding: Outpoint;
  readonly closeScript: Buffer;
  readonly peerScript: Buffer | undefined;
}

/** An HTLC that a node offers. */
interface OfferedHtlc {
  readonly amountMsat: bigint;
  /** The height at which the HTLC times out. */
  readonly expiry: number;
  readonly paymentHash: Buffer;
}

const COLUMNS = `id, opener, other, capacity_sat, opener_msat, pushed_msat, announced, funding_txid, state,
  scid, closer, closing_txid, changes, lowest_msat, highest_msat, in_offered, in_offered_msat,
  in_fulfilled, in_fulfilled_msat, out_offered, out_offered_msat, out_fulfilled, out_fulfilled_msat,
  key_address, peer_script, funding_vout, fee_base_msat, fee_ppm, htlc_min_msat, htlc_max_msat, ignores_fee_limits,
  opener_policy, other_policy, our_minimum_msat, peer_minimum_msat,
  (SELECT COALESCE(SUM(sent_msat), 0) FROM payments
    WHERE payments.status = 'pending' AND payments.first_channel = channels.id)
  + (SELECT COALESCE(SUM(amount_msat), 0) FROM world_htlcs
    WHERE world_htlcs.channel = channels.id AND world_htlcs.direction = 'out') AS pending_msat,
  (SELECT COALESCE(SUM(amount_msat), 0) FROM world_htlcs
    WHERE world_htlcs.channel = channels.id AND world_htlcs.direction = 'in')
  + (SELECT COALESCE(SUM(amount_msat), 0) FROM incoming_htlcs
    WHERE incoming_htlcs.channel = channels.id) AS pending_in_msat`;

/** The direction of a payment, from the view of the node whose traffic is counted. */
type Way = 'in' | 'out';

/** The updates that lightningd counts until both nodes have committed to a new HTLC (lightningd's htlc_state.h). */
const UPDATES_OF_NEW = { in: 3n, out: 4n } as const;

/** The channels in the database. */
export class ChannelStore {
  readonly #statements: Record<
    | 'add'
    | 'byKey'
    | 'living'
    | 'closed'
    | 'byFunding'
    | 'fundedBy'
    | 'policy'
    | 'openerPolicy'
    | 'otherPolicy'
    | 'minimums'
    | 'state'
    | 'lockIn'
    | 'closing'
    | 'balance'
    | 'offered_in'
    | 'offered_out'
    | 'fulfilled_in'
    | 'addHtlc'
    | 'resolveHtlc'
    | 'fulfilled_out',
    Statement
  >;

  constructor(database: Database) {
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM channels ${rest}`);
    const count = (what: string): Statement =>
      database.prepare(
        `UPDATE channels SET ${what} = ${what} + 1, ${what}_msat = ${what}_msat + ? WHERE id = ?`,
      );
    this.#statements = {
      add: database.prepare(
        `INSERT INTO channels (opener, other, capacity_sat, opener_msat, pushed_msat, announced, funding_txid, funding_vout, state, lowest_msat, highest_msat, key_address, peer_script)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'CHANNELD_AWAITING_LOCKIN', ?, ?, ?, ?)`,
      ),
      byKey: select('WHERE id = ?'),
      living: select("WHERE state <> 'CLOSED' ORDER BY id"),
      closed: select("WHERE state = 'CLOSED' ORDER BY id"),
      byFunding: select('WHERE funding_txid = ? AND funding_vout = ?'),
      fundedBy: select('WHERE funding_txid = ? ORDER BY funding_vout'),
      policy: database.prepare(
        'UPDATE channels SET fee_base_msat = ?, fee_ppm = ?, htlc_min_msat = ?, htlc_max_msat = ?, ignores_fee_limits = ? WHERE id = ?',
      ),
      openerPolicy: database.prepare('UPDATE channels SET opener_policy = ? WHERE id = ?'),
      otherPolicy: database.prepare('UPDATE channels SET other_policy = ? WHERE id = ?'),
      minimums: database.prepare(
        'UPDATE channels SET our_minimum_msat = ?, peer_minimum_msat = ? WHERE id = ?',
      ),
      state: database.prepare('UPDATE channels SET state = ?, changes = ? WHERE id = ?'),
      lockIn: database.prepare('UPDATE channels SET scid = ? WHERE id = ?'),
      closing: database.prepare('UPDATE channels SET closing_txid = ?, closer = ? WHERE id = ?'),
      balance: database.prepare(
        'UPDATE channels SET opener_msat = ?, lowest_msat = ?, highest_msat = ? WHERE id = ?',
      ),
      offered_in: count('in_offered'),
      offered_out: count('out_offered'),
      addHtlc: database.prepare(
        `INSERT INTO htlcs (channel, direction, htlc_id, amount_msat, expiry, payment_hash, updated_index)
         VALUES (?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(updated_index), 0) + ? FROM htlcs))`,
      ),
      resolveHtlc: database.prepare(
        `UPDATE htlcs SET updated_index = (SELECT MAX(updated_index) + 5 FROM htlcs)
         WHERE channel = ? AND direction = ? AND htlc_id = ?`,
      ),
      fulfilled_in: count('in_fulfilled'),
      fulfilled_out: count('out_fulfilled'),
    };
  }

  add(channel: NewChannel): Channel {
    const { opener, openerMsat, capacitySat } = channel;
    const tracked =
      opener === OURS || channel.other !== OURS ? openerMsat : capacitySat * 1000n - openerMsat;
    this.#statements.add.run(
      opener,
      channel.other,
      capacitySat,
      openerMsat,
      channel.pushedMsat,
      channel.announced ? 1n : 0n,
      channel.funding.txid,
      BigInt(channel.funding.vout),
      tracked,
      tracked,
      channel.closeScript,
      channel.peerScript ?? null,
    );
    const { txid, vout } = channel.funding;
    return channelOf(this.#statements.byFunding.one(txid, BigInt(vout)));
  }

  get(key: bigint): Channel {
    return channelOf(this.#statements.byKey.one(key));
  }

  /** All channels except forgotten ones. */
  living(): Channel[] {
    return this.#statements.living.all().map(channelOf);
  }

  /** The forgotten channels. */
  closed(): Channel[] {
    return this.#statements.closed.all().map(channelOf);
  }

  byFunding({ txid, vout }: Outpoint): Channel | undefined {
    const row = this.#statements.byFunding.first(txid, BigInt(vout));
    return row === undefined ? undefined : channelOf(row);
  }

  /** The channels that a transaction funds. */
  fundedBy(txid: Buffer): Channel[] {
    return this.#statements.fundedBy.all(txid).map(channelOf);
  }

  setPolicy({ key }: Channel, policy: Policy): Channel {
    this.#statements.policy.run(
      policy.feeBaseMsat,
      policy.feePpm,
      policy.htlcMinMsat,
      policy.htlcMaxMsat ?? null,
      policy.ignoresFeeLimits ? 1n : 0n,
      key,
    );
    return this.get(key);
  }

  /** Stores the smallest HTLCs that our node and its peer accept. */
  setMinimums({ key }: Channel, { ours, peers }: Channel['minimums']): Channel {
    this.#statements.minimums.run(ours, peers, key);
    return this.get(key);
  }

  /** Stores what an end has announced. */
  setAnnouncedPolicy({ key, opener }: Channel, end: bigint, policy: AnnouncedPolicy): void {
    const { feeBaseMsat, feePpm, htlcMinMsat, htlcMaxMsat } = policy;
    const name = end === opener ? 'openerPolicy' : 'otherPolicy';
    const maximum = htlcMaxMsat === undefined ? '' : ` ${htlcMaxMsat}`;
    this.#statements[name].run(`${feeBaseMsat} ${feePpm} ${htlcMinMsat}${maximum}`, key);
  }

  setState(channel: Channel, state: ChannelState, change: StateChange): Channel {
    const changes = JSON.stringify([...channel.changes, change]);
    this.#statements.state.run(state, changes, channel.key);
    return this.get(channel.key);
  }

  /** Marks a channel as closed for good: no command lists it any more. */
  forget(channel: Channel): Channel {
    this.#statements.state.run('CLOSED', JSON.stringify(channel.changes), channel.key);
    return this.get(channel.key);
  }

  lockIn(channel: Channel, scid: string): Channel {
    this.#statements.lockIn.run(scid, channel.key);
    return this.get(channel.key);
  }

  setClosing(channel: Channel, txid: Buffer, closer: 'local' | 'remote'): Channel {
    this.#statements.closing.run(txid, closer, channel.key);
    return this.get(channel.key);
  }

  /** Moves an amount from one end to the other. A database constraint rejects an overdraft. */
  move({ key }: Channel, from: bigint, amountMsat: bigint): Channel {
    const channel = this.get(key);
    const openerMsat = channel.openerMsat + (from === channel.opener ? -amountMsat : amountMsat);
    const view = channel.other === OURS ? OURS : channel.opener;
    const tracked = balanceOf({ ...channel, openerMsat }, view);
    this.#statements.balance.run(
      openerMsat,
      tracked < channel.lowestMsat ? tracked : channel.lowestMsat,
      tracked > channel.highestMsat ? tracked : channel.highestMsat,
      key,
    );
    return this.get(key);
  }

  /** Adds an HTLC to one of our channels. @returns the HTLC id, from 0 */
  offered({ key, incoming, outgoing }: Channel, way: Way, htlc: OfferedHtlc): bigint {
    const { amountMsat, expiry, paymentHash } = htlc;
    this.#statements[`offered_${way}`].run(amountMsat, key);
    const id = way === 'in' ? incoming.offered : outgoing.offered;
    const updates = UPDATES_OF_NEW[way];
    this.#statements.addHtlc.run(key, way, id, amountMsat, BigInt(expiry), paymentHash, updates);
    return id;
  }

  /** Counts the updates of an HTLC that was resolved at once. One that was pending is counted by its table. */
  resolved({ key }: Channel, way: Way, id: bigint): void {
    this.#statements.resolveHtlc.run(key, way, id);
  }

  fulfilled({ key }: Channel, way: Way, amountMsat: bigint): void {
    this.#statements[`fulfilled_${way}`].run(amountMsat, key);
  }
}

function channelOf(row: Row): Channel {
  return {
    key: row.integer('id'),
    opener: row.integer('opener'),
    other: row.integer('other'),
    capacitySat: row.integer('capacity_sat'),
    openerMsat: row.integer('opener_msat'),
    pushedMsat: row.integer('pushed_msat'),
    announced: row.integer('announced') === 1n,
    funding: { txid: row.bytes('funding_txid'), vout: row.number('funding_vout') },
    policy: {
      feeBaseMsat: row.integer('fee_base_msat'),
      feePpm: row.integer('fee_ppm'),
      htlcMinMsat: row.integer('htlc_min_msat'),
      htlcMaxMsat: row.optionalInteger('htlc_max_msat'),
      ignoresFeeLimits: row.integer('ignores_fee_limits') === 1n,
    },
    announcedPolicies: {
      opener: policyOf(row.optionalText('opener_policy')),
      other: policyOf(row.optionalText('other_policy')),
    },
    minimums: { ours: row.integer('our_minimum_msat'), peers: row.integer('peer_minimum_msat') },
    state: row.text('state') as ChannelState,
    scid: row.optionalText('scid'),
    closer: row.optionalText('closer') as Channel['closer'],
    closingTxid: row.optionalBytes('closing_txid'),
    changes: JSON.parse(row.text('changes')) as StateChange[],
    lowestMsat: row.integer('lowest_msat'),
    highestMsat: row.integer('highest_msat'),
    incoming: trafficOf(row, 'in'),
    outgoing: trafficOf(row, 'out'),
    closeScript: row.bytes('key_address'),
    peerScript: row.optionalBytes('peer_script'),
    pendingMsat: row.integer('pending_msat'),
    pendingInMsat: row.integer('pending_in_msat'),
  };
}

/** Older versions stored only the fees. */
function policyOf(text: string | undefined): AnnouncedPolicy | undefined {
  if (text === undefined) return undefined;
  const [base = '', ppm = '', minimum = '0', maximum] = text.split(' ');
  return {
    feeBaseMsat: BigInt(base),
    feePpm: BigInt(ppm),
    htlcMinMsat: BigInt(minimum),
    htlcMaxMsat: maximum === undefined ? undefined : BigInt(maximum),
  };
}

function trafficOf(row: Row, way: Way): Channel['incoming'] {
  return {
    offered: row.integer(`${way}_offered`),
    offeredMsat: row.integer(`${way}_offered_msat`),
    fulfilled: row.integer(`${way}_fulfilled`),
    fulfilledMsat: row.integer(`${way}_fulfilled_msat`),
  };
}
