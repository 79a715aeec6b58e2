import {
  bool,
  defaulted,
  escapedString,
  invalidToken,
  number,
  optional,
  type ParameterValues,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import type { OfferValues } from '@clnrest/runes/bolt12';
import type { CallWith, NodeWith } from '../node.ts';
import {
  frontingNodes,
  offerAmount,
  paths,
  recurrence,
  recurrenceBase,
  recurrencePaywindow,
} from '../params/offers.ts';
import { isOurs, peerOf } from '../world/channel.ts';
import { defineCommand } from './command.ts';
import { prefixed } from './currencyrates.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { publishedOfferJson } from './listoffers.ts';

const parameters = {
  amount: required(offerAmount),
  description: optional(escapedString),
  issuer: optional(escapedString),
  label: optional(escapedString),
  quantity_max: optional(u64),
  absolute_expiry: optional(u64),
  recurrence: optional(recurrence),
  recurrence_base: optional(recurrenceBase),
  recurrence_paywindow: optional(recurrencePaywindow),
  recurrence_limit: optional(number),
  single_use: defaulted(bool, false),
  proportional_amount: defaulted(bool, false),
  optional_recurrence: defaulted(bool, false),
  fronting_nodes: optional(frontingNodes),
  dev_paths: optional(paths),
};

type Values = ParameterValues<typeof parameters>;

/** Publishes an offer. Without an announced address, it has a blinded path, as in lightningd. */
export const offer = defineCommand({
  name: 'offer',
  parameters,
  validate(values, { node }: CallWith<'identity' | 'offers' | 'world'>, params) {
    const stray = values.dev_paths?.some((path) => path.at(-1) !== node.identity.id) === true;
    const [name, complaint] = stray
      ? ['dev_paths', 'final pubkey must be this node']
      : (problemOf(values) ?? []);
    if (name !== undefined) throw invalidToken(name, complaint ?? '', params);
  },
  run(values, { node }: CallWith<'identity' | 'offers' | 'world'>) {
    const { label, single_use: singleUse, fronting_nodes: fronts } = values;
    const { offerCurrency: currency } = values.amount;
    // lightningd rejects an offer in a currency that it cannot convert.
    if (currency !== undefined) convertOne(currency, node);
    const forcePaths = fronts !== undefined && fronts.length > 0;
    const options = { label, singleUse, forcePaths };
    const first = forcePaths ? fronts : bestPeer(node);
    const toUs = first.map((front) => [front, node.identity.id]);
    const created = node.offers.create(valuesOf(values), options, values.dev_paths ?? toUs);
    const { offer: published } = created;
    if (!published.active) {
      throw new CommandError(ErrorCode.offerAlreadyExists, "Already exists, but isn't active");
    }
    return { ...publishedOfferJson(published), created: created.created };
  },
});

/** @throws CommandError with the error of `currencyconvert` */
function convertOne(currency: string, { world }: NodeWith<'world'>): void {
  prefixed('Error converting currency', () => world.currencyRates.msatOf(1, currency));
}

/** The peer with the most room to pay us, at which a blinded path can begin. */
function bestPeer({ world }: NodeWith<'world'>): string[] {
  const theirs = (channel: Parameters<typeof peerOf>[0]): bigint =>
    channel.opener === peerOf(channel)
      ? channel.openerMsat
      : channel.capacitySat * 1000n - channel.openerMsat;
  const [best] = world.payments
    .usable()
    .filter(isOurs)
    .toSorted((a, b) => (theirs(a) > theirs(b) ? -1 : 1));
  return best === undefined ? [] : [world.nodes.idOf(peerOf(best))];
}

/** The parameter that conflicts with others, and why. */
function problemOf(values: Values): readonly [name: string, complaint: string] | undefined {
  if (values.recurrence === undefined) {
    for (const name of ['recurrence_limit', 'recurrence_base', 'recurrence_paywindow'] as const) {
      if (values[name] !== undefined) return [name, 'needs recurrence'];
    }
  }
  if (values.description === undefined && values.amount.offerAmount !== undefined) {
    return [
      'description',
      'description is required for the user to know what it was they paid for',
    ];
  }
  const hasBase = values.recurrence_base !== undefined;
  if (values.proportional_amount && !hasBase) {
    return ['proportional_amount', 'proportional_amount needs recurrence_base'];
  }
  return values.optional_recurrence && hasBase
    ? ['optional_recurrence', 'incompatible with recurrence_base']
    : undefined;
}

function valuesOf(values: Values): OfferValues {
  const { recurrence: every, recurrence_base: base, optional_recurrence: isOptional } = values;
  return {
    ...values.amount,
    offerDescription: values.description,
    offerIssuer: values.issuer,
    offerQuantityMax: values.quantity_max,
    offerAbsoluteExpiry: values.absolute_expiry,
    offerRecurrenceCompulsory: isOptional ? undefined : every,
    offerRecurrenceOptional: isOptional ? every : undefined,
    offerRecurrenceBase: base && {
      ...base,
      proportionalAmount: values.proportional_amount ? 1 : 0,
    },
    offerRecurrencePaywindow: values.recurrence_paywindow,
    offerRecurrenceLimit: values.recurrence_limit,
  };
}
