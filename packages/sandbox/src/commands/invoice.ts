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
import { channelHints } from '../params/channel-hints.ts';
import { isOurs, peerOf, type Channel } from '../world/channel.ts';
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
    const hints = values.exposeprivatechannels;
    if (hints !== undefined && hints.channels > 0) {
      throw new CommandError(
        ErrorCode.hintsGaveNoRoutes,
        'None of those hints were suitable local channels',
      );
    }
    const created = node.invoices.create({
      amountMsat: values.amount_msat === 'any' ? undefined : values.amount_msat,
      label: values.label,
      description: values.description,
      hashOnly: values.deschashonly,
      expiry: values.expiry,
      fallbacks: readFallbacks(values.fallbacks, node.identity.network),
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
      ...capacityWarning(created.amountMsat ?? 1n, node.world),
    };
  },
});

function isEnd({ opener, other }: Channel, node: bigint): boolean {
  return opener === node || other === node;
}

/** A warning, if no single channel can carry the amount to us. */
function capacityWarning(amountMsat: bigint, world: World): CommandResult {
  const open = world.channels
    .living()
    .filter((channel) => channel.state === 'CHANNELD_NORMAL' && isOurs(channel));
  const hasCapacity = (channel: Channel): boolean =>
    carriesMsat(channel, peerOf(channel)) >= amountMsat;
  const usable = world.payments.usable().filter(isOurs);
  const goesOn = (channel: Channel): boolean =>
    world.payments
      .usable()
      .some((other) => other.key !== channel.key && isEnd(other, peerOf(channel)));
  if (usable.some((channel) => hasCapacity(channel) && goesOn(channel))) return {};
  if (usable.some(hasCapacity)) {
    return {
      warning_deadends: 'Insufficient incoming capacity, once dead-end peers were excluded',
    };
  }
  return open.some(hasCapacity)
    ? {
        warning_offline: 'Insufficient incoming capacity, once offline peers were excluded',
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
