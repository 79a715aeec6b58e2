import { type Offer, offerId, type OfferValues, type Recurrence } from '@clnrest/runes/bolt12';
import type { JsonObject } from '../json/output.ts';
import { minorUnit } from './currencies.ts';
import {
  type DecodedPart,
  hexOf,
  joined,
  pathsPart,
  plain,
  unknownPart,
  warning,
} from './message-json.ts';

/** An offer in the format of `decode`. */
export function offerJson(offer: Offer): JsonObject {
  const { json, valid } = joined(
    plain({ offer_id: hexOf(offerId(offer.tlvs)) }),
    offerPart(offer.values),
    unknownPart('unknown_offer_tlvs', offer.unknown),
  );
  return { ...json, valid };
}

/** The fields of an offer, in an offer, a request or an invoice. */
export function offerPart(values: OfferValues): DecodedPart {
  return joined(
    plain({
      offer_chains: values.offerChains?.map((chain) => hexOf(chain)),
      offer_metadata: hexOf(values.offerMetadata),
      ...amountJson(values),
    }),
    descriptionPart(values),
    plain({
      offer_issuer: values.offerIssuer,
      offer_features: hexOf(values.offerFeatures),
      offer_absolute_expiry: values.offerAbsoluteExpiry,
    }),
    pathsPart('offer_paths', values.offerPaths),
    plain({
      offer_quantity_max: values.offerQuantityMax,
      ...recurrencesJson(values),
      offer_issuer_id: hexOf(values.offerIssuerId),
    }),
  );
}

/** An unknown currency is a warning, but not invalid. */
function amountJson({ offerCurrency, offerAmount }: OfferValues): JsonObject {
  if (offerCurrency === undefined) return { offer_amount_msat: offerAmount };
  const unit = minorUnit(offerCurrency);
  return {
    offer_currency: offerCurrency,
    offer_amount: offerAmount,
    currency_minor_unit: unit,
    warning_unknown_offer_currency: unit === undefined ? 'unknown currency code' : undefined,
  };
}

function descriptionPart({ offerDescription, offerAmount }: OfferValues): DecodedPart {
  return offerDescription === undefined && offerAmount !== undefined
    ? warning(
        'missing_offer_description',
        'description is required if offer_amount is set (for the user to know what it was they paid for)',
      )
    : plain({ offer_description: offerDescription });
}

/** If an offer has both kinds of recurrence, lightningd writes the same key twice, and readers take the last. */
function recurrencesJson(values: OfferValues): JsonObject {
  const recurrence = values.offerRecurrenceOptional ?? values.offerRecurrenceCompulsory;
  return { offer_recurrence: recurrence && recurrenceJson(recurrence, values) };
}

const TIME_UNITS = ['seconds', 'days', 'months'];

function recurrenceJson({ timeUnit, period }: Recurrence, values: OfferValues): JsonObject {
  const { offerRecurrenceBase: base, offerRecurrencePaywindow: window } = values;
  return {
    compulsory_field: values.offerRecurrenceOptional === undefined,
    time_unit: timeUnit,
    time_unit_name: TIME_UNITS[timeUnit],
    period,
    basetime: base?.basetime,
    proportional_amount: base !== undefined && base.proportionalAmount !== 0 ? true : undefined,
    limit: values.offerRecurrenceLimit,
    paywindow: window && {
      seconds_before: window.secondsBefore,
      seconds_after: window.secondsAfter,
    },
  };
}
