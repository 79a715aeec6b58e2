import { randomBytes } from 'node:crypto';
import {
  type Bip353Name,
  decodeInvoiceRequest,
  encodeInvoiceRequest,
  type InvoiceRequest,
  type Offer,
  offerId,
} from '@clnrest/runes/bolt12';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { Network } from '../options/network.ts';
import { chainOf } from './chain.ts';
import { recurrenceOf } from './recurrence.ts';

/** What a payer asks for. */
export interface PayerWishes {
  readonly amountMsat?: bigint | undefined;
  readonly quantity?: bigint | undefined;
  readonly payerNote?: string | undefined;
  readonly bip353?: Bip353Name | undefined;
  /** 16 random bytes by default. A recurring offer has its own. */
  readonly metadata?: Uint8Array | undefined;
  /** The period of a recurring offer. */
  readonly counter?: number | undefined;
  readonly start?: number | undefined;
  /** Names the series of payments for a recurring offer. */
  readonly recurrenceLabel?: string | undefined;
  readonly cancel?: true | undefined;
}

/** A signed request, and its text (`lnr1…`). */
export interface PayerRequest {
  readonly request: InvoiceRequest;
  readonly text: string;
}

const METADATA_BYTES = 16;

/** Creates and signs a request for an offer, with a transient key, as lightningd's `fetchinvoice` does. */
export function payerRequest(
  offer: Offer,
  wishes: PayerWishes,
  { keys, network }: { readonly keys: NodeKeys; readonly network: Network },
): PayerRequest {
  const metadata = metadataFor(offer, wishes, keys);
  const payer = keys.payerKey(metadata);
  const { offerRecurrenceBase: base } = offer.values;
  const text = encodeInvoiceRequest(
    {
      invreqMetadata: metadata,
      invreqChain: chainOf(network),
      invreqAmount: wishes.amountMsat,
      invreqFeatures: new Uint8Array(),
      invreqQuantity: wishes.quantity,
      invreqPayerId: payer.id,
      invreqPayerNote: wishes.payerNote,
      invreqBip353Name: wishes.bip353,
      invreqRecurrenceCounter: wishes.counter,
      invreqRecurrenceStart: wishes.start ?? (base === undefined ? undefined : 0),
      invreqRecurrenceCancel: wishes.cancel,
    },
    payer.sign,
    offer.tlvs,
  );
  return { request: decodeInvoiceRequest(text), text };
}

/** The payer has the same key in all periods of a series. */
function metadataFor(offer: Offer, wishes: PayerWishes, keys: NodeKeys): Uint8Array {
  if (recurrenceOf(offer.values) === undefined) {
    return wishes.metadata ?? randomBytes(METADATA_BYTES);
  }
  const label = Buffer.from(wishes.recurrenceLabel ?? '');
  return keys.aliasTweak(Buffer.concat([offerId(offer.tlvs), label]));
}
