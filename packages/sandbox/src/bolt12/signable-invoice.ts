import {
  Bolt12Error,
  type Bolt12Invoice,
  type Bolt12InvoiceValues,
  decodeUnsignedBolt12Invoice,
  offerId,
  signBolt12Invoice,
} from '@clnrest/runes/bolt12';
import { seconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { NewInvoice } from '../invoices/invoice-store.ts';
import type { NodeWith } from '../node.ts';
import type { Network } from '../options/network.ts';
import { hashOf } from '../world/payments.ts';
import { hasChain } from './chain.ts';
import { INVOICE_FEATURES } from './decode.ts';
import { DEFAULT_RELATIVE_EXPIRY } from './invoice-json.ts';
import { stubPath } from './stub-path.ts';

type SigningNode = NodeWith<'clock' | 'identity' | 'keys' | 'offers'>;

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/**
 * Signs an invoice of BOLT 12 that the caller made, as lightningd's `createinvoice` does.
 *
 * @throws CommandError if the invoice is signed, incomplete, or for an inactive offer
 */
export function signableInvoice(
  text: string,
  preimage: Buffer,
  node: SigningNode,
): Omit<NewInvoice, 'label' | 'preimage'> {
  const invoice = readUnsigned(text, node.identity.network);
  const { values, tlvs } = invoice;
  if (values.signature !== undefined) throw invalid('invoice already signed');
  const local = localOffer(invoice, node);
  if (values.invoiceAmount === undefined) throw invalid('Missing invoice_amount in invoice');
  const { invoicePaymentHash: hash } = values;
  if (hash === undefined) throw invalid('Missing payment_hash in invoice');
  const paymentHash = hashOf(preimage);
  if (!paymentHash.equals(hash)) throw invalid('Incorrect preimage');
  const { keys, clock } = node;
  const paths = values.invoicePaths === undefined ? stubPath(keys, hash) : {};
  return {
    invstring: signBolt12Invoice(tlvs, keys.schnorr.sign, paths),
    paymentHash,
    amountMsat: values.invoiceAmount,
    description: values.offerDescription,
    expiresAt: seconds(clock) + BigInt(values.invoiceRelativeExpiry ?? DEFAULT_RELATIVE_EXPIRY),
    offerId: local,
    payerNote: local === undefined ? undefined : values.invreqPayerNote,
  };
}

function readUnsigned(text: string, network: Network): Bolt12Invoice {
  const unparsable = (problem: string): CommandError =>
    invalid(`Unparsable invoice '${text}': ${problem}`);
  try {
    const { invreqChain: chain } = decodeUnsignedBolt12Invoice(text).values;
    if (!hasChain(chain && [chain], network)) throw unparsable('wrong chain');
    return decodeUnsignedBolt12Invoice(text, INVOICE_FEATURES);
  } catch (error) {
    if (error instanceof Bolt12Error) throw unparsable(error.message);
    throw error;
  }
}

/** The offer of ours that the invoice is for. @throws CommandError if it is not active */
function localOffer({ values, tlvs }: Bolt12Invoice, { offers }: SigningNode): Buffer | undefined {
  if (!isForOffer(values)) return undefined;
  const offer = offers.byId(Buffer.from(offerId(tlvs)));
  if (offer === undefined || offer.active) return offer?.id;
  throw new CommandError(ErrorCode.invoiceOfferInactive, 'offer not active');
}

function isForOffer({ offerIssuerId, offerPaths }: Bolt12InvoiceValues): boolean {
  return offerIssuerId !== undefined || offerPaths !== undefined;
}
