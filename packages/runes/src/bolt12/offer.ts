import { Bolt12Error } from './error.ts';
import { unsupportedFeature } from './features.ts';
import { type Message, OFFER_FIELDS, type Values } from './fields.ts';
import { inRanges } from './tlv.ts';
import { messageOfText } from './message-text.ts';
import { OFFER_RANGES } from './ids.ts';

/** An offer: payers can request any number of invoices for it (BOLT 12, "Offers"). */
export type Offer = Message<typeof OFFER_FIELDS>;

/** The values of an offer. */
export type OfferValues = Values<typeof OFFER_FIELDS>;

const FORM = { prefix: 'lno', fields: OFFER_FIELDS, malformed: 'invalid offer data' };

/**
 * Decodes an offer (`lno1…`). The caller must have removed a `lightning:` prefix.
 *
 * @throws {Bolt12Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { decodeOffer } from '@clnrest/runes/bolt12';
 *
 * // From BOLT 12's examples.
 * const { values } = decodeOffer(
 *   'lno1pgx9getnwss8vetrw3hhyuckyypwa3eyt44h6txtxquqh7lz5djge4afgfjn7k4rgrkuag0jsd5xvxg',
 * );
 * values.offerDescription; // => 'Test vectors'
 * values.offerAmount; // => undefined
 * ```
 */
export function decodeOffer(text: string): Offer {
  const offer = messageOfText(text, FORM);
  const problem = offerProblem(offer);
  if (problem !== undefined) throw new Bolt12Error(problem);
  return offer;
}

/** Why no reader must respond to the offer, in the order of lightningd's checks. */
function offerProblem({ values, tlvs }: Offer): string | undefined {
  if (values.offerChains?.length === 0) return 'offer_chains with zero entries';
  const feature = unsupportedFeature(values.offerFeatures, []);
  if (feature !== undefined) return `unknown feature bit ${feature}`;
  const inside = inRanges(tlvs, OFFER_RANGES);
  const stray = tlvs.find((tlv) => !inside.includes(tlv));
  if (stray !== undefined) return `Offer ${stray.type} field outside offer range`;
  if (values.offerDescription === undefined && values.offerAmount !== undefined) {
    return 'Offer does not contain a description, but contains an amount';
  }
  if (values.offerAmount === 0n) return 'Offer contains a zero amount';
  if (values.offerCurrency !== undefined && values.offerAmount === undefined) {
    return 'Offer contains a currency with no amount';
  }
  if (values.offerIssuerId === undefined && values.offerPaths === undefined) {
    return 'Offer does not contain an issuer_id or paths';
  }
  if (values.offerPaths?.some(({ hops }) => hops.length === 0) === true) {
    return 'Offer contains an empty offer_path';
  }
  return recurrenceProblem(values);
}

function recurrenceProblem(values: OfferValues): string | undefined {
  const recurrence = values.offerRecurrenceCompulsory ?? values.offerRecurrenceOptional;
  const { offerRecurrencePaywindow, offerRecurrenceLimit, offerRecurrenceBase } = values;
  if (recurrence === undefined) {
    const stray = offerRecurrencePaywindow ?? offerRecurrenceLimit ?? offerRecurrenceBase;
    return stray === undefined ? undefined : 'Offer contains recurrence fields but no recurrence';
  }
  if (recurrence.timeUnit > 2) {
    return `Offer contains invalid recurrence time_unit ${recurrence.timeUnit}`;
  }
  if (recurrence.period === 0) return 'Offer contains invalid recurrence period 0';
  if (offerRecurrenceLimit === 0) return 'Offer contains invalid recurrence limit 0';
  return undefined;
}
