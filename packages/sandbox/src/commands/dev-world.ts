import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  bool,
  defaulted,
  escapedString,
  hex,
  msat,
  number,
  oneOf,
  optional,
  type ParameterValues,
  positiveMsatOrAny,
  required,
  string,
  u64,
} from '@clnrest/lightningd/parameters';
import type { CallWith, NodeWith } from '../node.ts';
import { nodeName, satoshi } from '../params/world.ts';
import { scriptOf } from '../world/addresses.ts';
import { channelId, peerOf, type Channel } from '../world/channel.ts';
import { isHooked } from '../hooks/chain.ts';
import { callCustommsg } from '../hooks/custommsg.ts';
import { forwardPayment } from '../hooks/forwarded-payment.ts';
import { receivePayment } from '../hooks/incoming-payment.ts';
import { callOpenchannel } from '../hooks/openchannel.ts';
import { connectPeer } from '../hooks/peer-connected.ts';
import type { CommandResult } from '../json/output.ts';
import { type Forward, forwardJson } from '../world/forward.ts';
import { forwardChannels } from '../world/forwards.ts';
import type { IncomingPayment } from '../world/payments/incoming-payments.ts';
import { CONDUCTS, FIRST_PEER, OURS } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { channelToClose } from './close.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { readInvoice } from './pay-invoice.ts';

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

const MAX_BLOCKS = 10_000;
const ONE_BITCOIN_SAT = 100_000_000n;
const MAX_SAT = 21_000_000n * ONE_BITCOIN_SAT;
const DEFAULT_CHANNEL_SAT = 1_000_000n;
const ONE_HOUR = 3600n;

/** Mines blocks. The first one contains all pending transactions. */
export const devMine = defineCommand({
  name: 'dev-mine',
  parameters: { blocks: defaulted(number, 1) },
  validate({ blocks }) {
    if (blocks > 0 && blocks <= MAX_BLOCKS) return;
    throw invalid(`blocks: should be from 1 to ${MAX_BLOCKS}`);
  },
  run({ blocks }, { node }: CallWith<'world'>) {
    const made = Array.from({ length: blocks }, () => node.world.mine());
    return { blockheight: node.world.chain.height, blocks: made.map(({ hash }) => hash) };
  },
});

/** Creates money in the wallet, or at one of its addresses, and mines a block. */
export const devFundWallet = defineCommand({
  name: 'dev-fund-wallet',
  parameters: { amount: defaulted(satoshi, ONE_BITCOIN_SAT), address: optional(string) },
  validate({ amount, address }, { node }: CallWith<'identity' | 'world'>) {
    if (amount < 1000n || amount > MAX_SAT)
      throw invalid('amount: should be from 1000sat to 21000000btc');
    if (address !== undefined) walletScript(address, node);
  },
  run({ amount, address }, { node }: CallWith<'identity' | 'world'>) {
    const script = address === undefined ? undefined : walletScript(address, node);
    const output = node.world.fund(amount, script);
    return {
      txid: output.txid.toString('hex'),
      output: output.vout,
      amount_msat: amount * 1000n,
      blockheight: node.world.chain.height,
    };
  },
});

function walletScript(address: string, node: NodeWith<'identity' | 'world'>): Buffer {
  const script = scriptOf(address, node.identity.network);
  if (script === undefined || !node.world.wallet.isOurs(script)) {
    throw invalid('address: should be an address from newaddr');
  }
  return script;
}

/** Opens a channel with created money, a part of it on each side, and mines the blocks that it needs. */
export const devOpenChannel = defineCommand({
  name: 'dev-open-channel',
  parameters: {
    peer: defaulted(nodeName, FIRST_PEER),
    amount: defaulted(satoshi, DEFAULT_CHANNEL_SAT),
    push_msat: optional(msat),
    from: optional(nodeName),
    by_peer: defaulted(bool, false),
  },
  validate({ amount, peer, from }) {
    if (amount > MAX_SAT) throw invalid('amount: should be at most 21000000btc');
    if (peer === from) throw invalid('from: should be a different node than peer');
  },
  run(
    { peer: name, amount, push_msat, from, by_peer },
    { node }: CallWith<'log' | 'plugins' | 'world'>,
  ) {
    const peer = node.world.nodes.named(name);
    const end = from === undefined ? OURS : node.world.nodes.named(from).number;
    const [opener, other] = by_peer ? [peer.number, end] : [end, peer.number];
    const pushMsat = push_msat ?? amount * 500n;
    const open = (): CommandResult => {
      const channel = node.world.createOpenChannel(opener, other, amount, pushMsat);
      return {
        peer_id: peer.id,
        channel_id: channelId(channel),
        short_channel_id: channel.scid,
        state: channel.state,
        blockheight: node.world.chain.height,
      };
    };
    if (other !== OURS || !isHooked(node, 'openchannel')) return open();
    const offer = { peerId: peer.id, capacitySat: amount, pushMsat };
    return callOpenchannel(node, offer).then((refusal) => {
      if (refusal === undefined) return open();
      throw new CommandError(ErrorCode.general, `A plugin rejected the channel: ${refusal}`);
    });
  },
});

/** Lets a peer close its channel with the node. */
export const devCloseChannel = defineCommand({
  name: 'dev-close-channel',
  parameters: { id: required(anything) },
  validate: ({ id }, { node }: CallWith<'world'>) => void connectedChannel(id, node.world),
  run({ id }, { node }: CallWith<'world'>) {
    const { txid, raw } = node.world.closedByPeer(connectedChannel(id, node.world));
    return { txs: [raw.toString('hex')], txids: [txid.toString('hex')], type: 'mutual' };
  },
});

function connectedChannel(id: JsonToken, world: World): Channel {
  const channel = channelToClose(id, world);
  const peer = world.nodes.byNumber(peerOf(channel));
  if (peer.member !== undefined) {
    throw new CommandError(
      ErrorCode.general,
      'The peer is another sandbox: close the channel there',
    );
  }
  if (world.connections.has(peer.id)) return channel;
  throw new CommandError(ErrorCode.general, 'Peer not connected');
}

/** Creates an invoice of another node. */
export const devPeerInvoice = defineCommand({
  name: 'dev-peer-invoice',
  parameters: {
    amount_msat: required(positiveMsatOrAny),
    description: defaulted(escapedString, ''),
    expiry: defaulted(u64, ONE_HOUR),
    peer: defaulted(nodeName, FIRST_PEER),
  },
  validate({ description, expiry }) {
    if (Buffer.byteLength(description) > 639) throw invalid('description: over 639 bytes');
    if (expiry >> 60n !== 0n) throw invalid('expiry: too far in the future');
  },
  run({ amount_msat, description, expiry, peer }, { node }: CallWith<'world'>) {
    const maker = node.world.nodes.named(peer);
    const amountMsat = amount_msat === 'any' ? undefined : amount_msat;
    const { bolt11, invoice } = node.world.peerInvoices.create(maker, {
      amountMsat,
      description,
      expiry,
    });
    return {
      payment_hash: invoice.paymentHash.toString('hex'),
      expires_at: invoice.expiresAt,
      bolt11,
      payee: maker.id,
    };
  },
});

const payment = {
  invstring: required(string),
  amount_msat: optional(msat),
  peer: defaulted(nodeName, FIRST_PEER),
};

function ourInvoice({ invstring }: ParameterValues<typeof payment>, world: World): Buffer {
  const { invoice } = readInvoice(invstring, world);
  const paymentHash = Buffer.from(invoice.paymentHash, 'hex');
  if (world.payments.isOurs(paymentHash)) return paymentHash;
  throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
}

/** Lets another node pay one of our invoices through the existing channels. With `hold`, the payment stays pending. */
export const devPeerPay = defineCommand({
  name: 'dev-peer-pay',
  parameters: { ...payment, hold: defaulted(bool, false) },
  validate: (values, { node }: CallWith<'invoices' | 'log' | 'plugins' | 'world'>) =>
    void ourInvoice(values, node.world),
  run(values, { node }: CallWith<'invoices' | 'log' | 'plugins' | 'world'>) {
    const from = node.world.nodes.named(values.peer);
    const paymentHash = ourInvoice(values, node.world);
    const json = ({ route }: IncomingPayment, status: 'complete' | 'pending'): CommandResult => ({
      payment_hash: paymentHash.toString('hex'),
      payer: from.id,
      amount_msat: route.at(-1)?.amountMsat ?? 0n,
      amount_sent_msat: route[0]?.amountMsat ?? 0n,
      status,
    });
    const request = { from, paymentHash, amountMsat: values.amount_msat };
    if (values.hold) return json(node.world.payments.incoming.arrive(request, true), 'pending');
    const received = receivePayment(node, request);
    return received instanceof Promise
      ? received.then((payment) => json(payment, 'complete'))
      : json(received, 'complete');
  },
});

/**
 * Forwards a payment: in through a channel with one node, out through a channel with another. Without `from` and `to`, it
 * creates the channels that are missing, as `dev-open-channel` does.
 */
export const devForward = defineCommand({
  name: 'dev-forward',
  parameters: {
    amount_msat: required(msat),
    from: optional(nodeName),
    to: optional(nodeName),
    fail: defaulted(bool, false),
    fee_msat: optional(msat),
  },
  run(
    { amount_msat: amount, fail, fee_msat: fee, ...given },
    { node }: CallWith<'log' | 'plugins' | 'world'>,
  ) {
    const { world } = node;
    const { from = FIRST_PEER, to = FIRST_PEER } = given;
    const receiver = world.nodes.named(to);
    const sender = world.nodes.named(from);
    const find = () =>
      forwardChannels(world.payments.usable(), sender.number, receiver.number, amount, fee);
    const canCreate = given.from === undefined && given.to === undefined;
    const path =
      find() ?? (canCreate ? withNewChannels(find, sender.number, amount, world) : undefined);
    if (path === undefined) {
      throw new CommandError(
        ErrorCode.payNoRoute,
        `No two channels can carry ${amount}msat from ${from} through us to ${to}`,
      );
    }
    const refused = fail || receiver.conduct !== 'accept';
    const json = (forward: Forward): CommandResult => ({ ...forwardJson(forward) });
    const forwarded = forwardPayment(node, { ...path, outMsat: amount, refused });
    return forwarded instanceof Promise ? forwarded.then(json) : json(forwarded);
  },
});

/** Opens channels that can carry the amount until the path exists: a forward needs two. */
function withNewChannels<T>(
  find: () => T | undefined,
  peer: bigint,
  amountMsat: bigint,
  world: World,
): T | undefined {
  const needed = (amountMsat / 1000n + 1n) * 3n;
  const size = needed > DEFAULT_CHANNEL_SAT ? needed : DEFAULT_CHANNEL_SAT;
  if (size > MAX_SAT) return undefined;
  world.createOpenChannel(OURS, peer, size, size * 500n);
  const path = find();
  if (path !== undefined) return path;
  world.createOpenChannel(OURS, peer, size, size * 500n);
  return find();
}

const peer = { peer: defaulted(nodeName, FIRST_PEER) };

/** Lets a node connect to us. */
export const devConnect = defineCommand({
  name: 'dev-connect',
  parameters: peer,
  run({ peer: name }, { node }: CallWith<'log' | 'plugins' | 'world'>) {
    const found = node.world.nodes.named(name);
    const json = (): CommandResult => ({
      id: found.id,
      direction: node.world.connections.direction(found.id) ?? 'in',
    });
    return connectPeer(node, found, 'in')?.then(json) ?? json();
  },
});

/** Lets a node disconnect. */
export const devDisconnect = defineCommand({
  name: 'dev-disconnect',
  parameters: peer,
  run({ peer: name }, { node }: CallWith<'world'>) {
    const found = node.world.nodes.named(name);
    node.world.connections.disconnect(found);
    return { id: found.id };
  },
});

/** Lets a node send us a custom message. */
export const devCustommsg = defineCommand({
  name: 'dev-custommsg',
  parameters: { msg: required(hex), ...peer },
  run({ msg, peer: name }, { node }: CallWith<'log' | 'plugins' | 'world'>) {
    const found = node.world.nodes.named(name);
    if (!node.world.connections.has(found.id)) {
      throw new CommandError(ErrorCode.general, 'Peer not connected');
    }
    const payload = msg.toString('hex');
    node.world.notifier.native('custommsg', () => ({ peer_id: found.id, payload }));
    const json = (): CommandResult => ({ peer_id: found.id, payload });
    return isHooked(node, 'custommsg') ? callCustommsg(node, found.id, msg).then(json) : json();
  },
});

/** Sets how a node treats payments. */
export const devSetPeer = defineCommand({
  name: 'dev-set-peer',
  parameters: {
    conduct: required(oneOf(CONDUCTS, `should be one of ${CONDUCTS.join(', ')}`)),
    ...peer,
  },
  run({ conduct, peer: name }, { node }: CallWith<'world'>) {
    const found = node.world.nodes.named(name);
    node.world.setConduct(found, conduct);
    return { id: found.id, conduct };
  },
});

/** Returns the nodes of the world, its channels, and where its money is. */
export const devWorld = defineCommand({
  name: 'dev-world',
  parameters: {},
  run(_, { node }: CallWith<'identity' | 'world'>) {
    const { world } = node;
    const accounts = world.audit.accounts();
    const onChain = (number: bigint): bigint => (accounts.onChainSat.get(number) ?? 0n) * 1000n;
    return {
      blockheight: world.chain.height,
      nodes: [
        { name: 'us', id: node.identity.id, onchain_msat: onChain(OURS) },
        ...world.nodes.all().map(({ name, id, number: each, conduct, member }) => ({
          name: member?.alias ?? name,
          id,
          connected: world.connections.has(id),
          // The other sandbox knows these.
          conduct: member === undefined ? conduct : undefined,
          onchain_msat: member === undefined ? onChain(each) : undefined,
        })),
      ],
      channels: world.channels.living().map((channel) => ({
        short_channel_id: channel.scid,
        opener: world.nodes.idOf(channel.opener),
        other: world.nodes.idOf(channel.other),
        state: channel.state,
        opener_msat: channel.openerMsat,
        other_msat: channel.capacitySat * 1000n - channel.openerMsat,
      })),
      minted_msat: accounts.mintedSat * 1000n,
      in_channels_msat: accounts.inChannelsSat * 1000n,
      paid_away_msat: accounts.paidAwaySat * 1000n,
      fees_msat: accounts.feesSat * 1000n,
      balanced: accounts.balanced,
    };
  },
});
