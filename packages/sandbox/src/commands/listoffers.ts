import { decodeOffer } from '@clnrest/runes/bolt12';
import { bool, defaulted, hash, optional, required } from '@clnrest/lightningd/parameters';
import type { Published } from '../bolt12/published-store.ts';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** An offer in the format of `offer`. */
export function publishedOfferJson(offer: Published): JsonObject {
  return {
    offer_id: offer.id.toString('hex'),
    active: offer.active,
    single_use: offer.singleUse,
    bolt12: offer.bolt12,
    force_paths: offer.forcePaths,
    used: offer.used,
    label: offer.label,
  };
}

/** The same with the description that it contains, as in lists. */
function listedOfferJson(offer: Published): JsonObject {
  const { offerDescription } = decodeOffer(offer.bolt12).values;
  return { ...publishedOfferJson(offer), description: offerDescription };
}

export const listoffers = defineCommand({
  name: 'listoffers',
  parameters: { offer_id: optional(hash), active_only: defaulted(bool, false) },
  run({ offer_id: id, active_only: activeOnly }, { node }: CallWith<'offers'>) {
    const found = id === undefined ? node.offers.all() : [node.offers.byId(id)];
    const offers = found.filter((offer) => offer !== undefined);
    return {
      offers: offers.filter(({ active }) => active || !activeOnly).map(listedOfferJson),
    };
  },
});

const parameters = { offer_id: required(hash) };

export const disableoffer = defineCommand({
  name: 'disableoffer',
  parameters,
  validate: ({ offer_id: id }, { node }: CallWith<'offers'>) => void activeOffer(id, node),
  run: ({ offer_id: id }, { node }: CallWith<'offers'>) => ({
    ...listedOfferJson(node.offers.disable(activeOffer(id, node))),
  }),
});

export const enableoffer = defineCommand({
  name: 'enableoffer',
  parameters,
  validate: ({ offer_id: id }, { node }: CallWith<'offers'>) => void inactiveOffer(id, node),
  run: ({ offer_id: id }, { node }: CallWith<'offers'>) => ({
    ...listedOfferJson(node.offers.enable(inactiveOffer(id, node))),
  }),
});

function knownOffer(id: Buffer, { offers }: NodeWith<'offers'>): Published {
  const offer = offers.byId(id);
  if (offer === undefined) throw new CommandError(ErrorCode.general, 'Unknown offer');
  return offer;
}

function activeOffer(id: Buffer, node: NodeWith<'offers'>): Published {
  const offer = knownOffer(id, node);
  if (offer.active) return offer;
  throw new CommandError(ErrorCode.offerAlreadyDisabled, 'offer is not active');
}

function inactiveOffer(id: Buffer, node: NodeWith<'offers'>): Published {
  const offer = knownOffer(id, node);
  if (offer.active) throw new CommandError(ErrorCode.offerAlreadyEnabled, 'offer already active');
  if (!offer.singleUse || !offer.used) return offer;
  const message = 'cannot activate an used single use offer';
  throw new CommandError(ErrorCode.offerUsedSingleUse, message);
}
