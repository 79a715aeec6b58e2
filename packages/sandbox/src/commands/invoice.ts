import type { RouteHop } from '@clnrest/runes/bolt11';
import type { ArrayToken } from '@clnrest/json/tokens';
import {
  array,
  bool,
  defaulted,
  developerOnly,
  escapedString,
  label,
  number,
  optional,
  positiveMsatOrAny,
  preimage,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import { MAX_DESCRIPTION_BYTES } from '../invoices/bolt11.ts';
import { readFallbackAddress, type FallbackAddress } from '../invoices/fallback-address.ts';
import { paymentSecretOf } from '../invoices/invoices.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import type { Network } from '../options/network.ts';
import { intValue } from '../options/values.ts';
import { type ChannelHints, channelHints } from '../params/channel-hints.ts';
import { announcedPolicy, CLTV_DELTA, isOurs, peerOf, type Channel } from '../world/channel.ts';
import { carriesMsat } from '../world/routes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const ONE_WEEK = 604_800n;
const MAX_LABEL_BYTES = 128;
/** BOLT 11 encodes an expiry in at most 60 bits. lightningd aborts on longer ones. */
const MAX_EXPIRY_BITS = 60n;

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export const invoice = defineCommand({
  name: 'invoice',
  parameters: {
    amount_msat: required(positiveMsatOrAny),
    label: required(label),
    description: required(escapedString),
    expiry: defaulted(u64, ONE_WEEK),
    fallbacks: optional(array),
    preimage: optional(preimage),
    exposeprivatechannels: optional(channelHints),
    cltv: optional(number),
    deschashonly: defaulted(bool, false),
    'dev-routes': developerOnly(optional(array)),
  },
  validate(values) {
    if (Buffer.byteLength(values.label) > MAX_LABEL_BYTES) {
      throw invalid(`Label '${values.label}' over ${MAX_LABEL_BYTES} bytes`);
    }
    const length = Buffer.byteLength(values.description);
    if (length > MAX_DESCRIPTION_BYTES && !values.deschashonly) {
      throw invalid(
        `Description greater than ${MAX_DESCRIPTION_BYTES} bytes invalid (description length ${length})`,
      );
    }
    if (values.expiry >> MAX_EXPIRY_BITS !== 0n) throw invalid('expiry: too far in the future');
  },
  run(values, { node }: CallWith<'configuration' | 'identity' | 'invoices' | 'world'>) {
    const amountMsat = values.amount_msat === 'any' ? undefined : values.amount_msat;
    const exposed = exposedChannels(values.exposeprivatechannels, node.world);
    const created = node.invoices.create({
      amountMsat,
      label: values.label,
      description: values.description,
      hashOnly: values.deschashonly,
      expiry: values.expiry,
      fallbacks: readFallbacks(values.fallbacks, node.identity.network),
      routes: hintsFor(amountMsat ?? 1n, exposed, node.world),
      preimage: values.preimage,
      cltv: BigInt(
        values.cltv ?? intValue(node.configuration.options.value('cltv-final') ?? '') ?? 10n,
      ),
    });
    return {
      payment_hash: created.paymentHash.toString('hex'),
      expires_at: created.expiresAt,
      bolt11: created.invstring,
      payment_secret: paymentSecretOf(created.preimage).toString('hex'),
      created_index: created.createdIndex,
      ...capacityWarning(created.amountMsat ?? 1n, exposed, node.world),
    };
  },
});

/** The channels that an invoice can name. By default, private ones only if no channel is public. */
function exposedChannels(hints: ChannelHints | undefined, world: World): Channel[] {
  const open = world.channels
    .living()
    .filter((channel) => channel.state === 'CHANNELD_NORMAL' && isOurs(channel));
  const isUsable = new Set(world.payments.usable().map(({ key }) => key));
  const usable = open.filter(({ key }) => isUsable.has(key));
  if (typeof hints === 'object') {
    const named = usable.filter(({ scid }) => scid !== undefined && hints.includes(scid));
    if (named.length > 0 || hints.length === 0) return named;
    throw new CommandError(
      ErrorCode.hintsGaveNoRoutes,
      'None of those hints were suitable local channels',
    );
  }
  const isExposed = hints ?? !open.some(({ announced }) => announced);
  return isExposed ? usable.filter((channel) => !channel.announced && goesOn(channel, world)) : [];
}

/** Route hints for as many channels as the amount needs. */
function hintsFor(amountMsat: bigint, exposed: readonly Channel[], world: World): RouteHop[][] {
  const capacity = (channel: Channel): bigint => carriesMsat(channel, peerOf(channel));
  const largest = exposed.toSorted((a, b) => Number(capacity(b) - capacity(a)));
  const hints: RouteHop[][] = [];
  let gathered = 0n;
  for (const channel of largest) {
    if (gathered >= amountMsat) break;
    gathered += capacity(channel);
    const peer = peerOf(channel);
    const { feeBaseMsat, feePpm } = announcedPolicy(channel, peer);
    hints.push([
      {
        pubkey: world.nodes.idOf(peer),
        shortChannelId: channel.scid ?? '',
        feeBaseMsat: Number(feeBaseMsat),
        feeProportionalMillionths: Number(feePpm),
        cltvExpiryDelta: CLTV_DELTA,
      },
    ]);
  }
  return hints;
}

/** Whether the peer of a channel has other channels that payers can use. */
function goesOn(channel: Channel, world: World): boolean {
  return world.payments
    .usable()
    .some((other) => other.key !== channel.key && isEnd(other, peerOf(channel)));
}

function isEnd({ opener, other }: Channel, node: bigint): boolean {
  return opener === node || other === node;
}

/** A warning, if no single channel can carry the amount to us. @param exposed - private channels that payers know */
function capacityWarning(
  amountMsat: bigint,
  exposed: readonly Channel[],
  world: World,
): CommandResult {
  const all = world.channels
    .living()
    .filter((channel) => channel.state === 'CHANNELD_NORMAL' && isOurs(channel));
  const isKnown = (channel: Channel): boolean =>
    channel.announced || exposed.some(({ key }) => key === channel.key);
  const open = all.filter(isKnown);
  const hasCapacity = (channel: Channel): boolean =>
    carriesMsat(channel, peerOf(channel)) >= amountMsat;
  const usable = world.payments.usable().filter((channel) => isOurs(channel) && isKnown(channel));
  if (usable.some((channel) => hasCapacity(channel) && goesOn(channel, world))) return {};
  if (usable.some(hasCapacity)) {
    return {
      warning_deadends: 'Insufficient incoming capacity, once dead-end peers were excluded',
    };
  }
  if (open.some(hasCapacity)) {
    return { warning_offline: 'Insufficient incoming capacity, once offline peers were excluded' };
  }
  return all.some(hasCapacity)
    ? {
        warning_private_unused:
          'Insufficient incoming capacity, once private channels were excluded (try exposeprivatechannels=true?)',
      }
    : { warning_capacity: 'Insufficient incoming channel capacity to pay invoice' };
}

function readFallbacks(list: ArrayToken | undefined, network: Network): FallbackAddress[] {
  return (list?.items ?? []).map(({ text }) => {
    const address = readFallbackAddress(text, network);
    switch (address) {
      case 'unrecognized':
        throw new CommandError(ErrorCode.general, 'Fallback address not valid');
      case 'wrong network':
        throw new CommandError(
          ErrorCode.general,
          `Fallback address does not match our network ${network.name}`,
        );
      default:
        return address;
    }
  });
}
