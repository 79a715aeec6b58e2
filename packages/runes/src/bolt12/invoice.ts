import { Bolt12Error } from './error.ts';
import { unsupportedFeature } from './features.ts';
import { INVOICE_FIELDS, type Message, type Values } from './fields.ts';
import { isSigned } from './merkle.ts';
import { messageOfText } from './message-text.ts';

/** The invoice that a node sends for an invoice request (BOLT 12, "Invoices"). */
export type Bolt12Invoice = Message<typeof INVOICE_FIELDS>;

/** The values of an invoice. */
export type Bolt12InvoiceValues = Values<typeof INVOICE_FIELDS>;

type RequiredValue =
  | 'invoicePaths'
  | 'invoiceBlindedpay'
  | 'invoiceCreatedAt'
  | 'invoicePaymentHash'
  | 'invoiceAmount'
  | 'invoiceNodeId'
  | 'signature';

/** A valid invoice: the values that every invoice needs are present. */
export type PayableBolt12Invoice = Bolt12Invoice & {
  readonly values: { readonly [K in RequiredValue]: NonNullable<Bolt12InvoiceValues[K]> };
};

const FORM = { prefix: 'lni', fields: INVOICE_FIELDS, malformed: 'invalid invoice data' };

/**
 * Decodes an invoice (`lni1…`), and checks its signature.
 *
 * @param supportedFeatures - the even bits of supported features; if absent, features are not checked, as by checkrune
 * @throws {Bolt12Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { Bolt12Error, decodeBolt12Invoice } from '@clnrest/runes/bolt12';
 *
 * let message = '';
 * try {
 *   decodeBolt12Invoice('lni12gqsz');
 * } catch (error) {
 *   if (error instanceof Bolt12Error) message = error.message;
 * }
 * message; // => 'Missing node_id'
 * ```
 */
export function decodeBolt12Invoice(
  text: string,
  supportedFeatures?: readonly number[],
): PayableBolt12Invoice {
  const invoice = decodeUnsignedBolt12Invoice(text, supportedFeatures);
  const problem =
    signatureProblem(invoice) ?? missingValue(invoice.values) ?? pathProblem(invoice.values);
  if (problem !== undefined) throw new Bolt12Error(problem);
  return invoice as PayableBolt12Invoice;
}

/**
 * Decodes an invoice that need not have a signature, or be complete: one that a node is asked to sign.
 *
 * @param supportedFeatures - as for {@link decodeBolt12Invoice}
 * @throws {Bolt12Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { decodeUnsignedBolt12Invoice } from '@clnrest/runes/bolt12';
 *
 * decodeUnsignedBolt12Invoice('lni12gqsz').values.invreqAmount; // => 1n
 * ```
 */
export function decodeUnsignedBolt12Invoice(
  text: string,
  supportedFeatures?: readonly number[],
): Bolt12Invoice {
  const invoice = messageOfText(text, FORM);
  const feature =
    supportedFeatures && unsupportedFeature(invoice.values.invoiceFeatures, supportedFeatures);
  if (feature !== undefined) throw new Bolt12Error(`unknown feature bit ${feature}`);
  return invoice;
}

function signatureProblem({ values, tlvs }: Bolt12Invoice): string | undefined {
  const { invoiceNodeId, signature } = values;
  if (invoiceNodeId === undefined) return 'Missing node_id';
  if (signature === undefined) return 'Missing signature';
  return isSigned('invoice', tlvs, invoiceNodeId, signature) ? undefined : 'Invalid signature';
}

function missingValue(values: Bolt12InvoiceValues): string | undefined {
  if (values.invoiceAmount === undefined) return 'missing invoice_amount';
  if (values.invoiceCreatedAt === undefined) return 'missing invoice_created_at';
  if (values.invoicePaymentHash === undefined) return 'missing invoice_payment_hash';
  return undefined;
}

function pathProblem({
  invoicePaths: paths = [],
  invoiceBlindedpay: infos = [],
}: Bolt12InvoiceValues): string | undefined {
  if (paths.length === 0) return 'missing/empty invoice_paths';
  const empty = paths.findIndex(({ hops }) => hops.length === 0);
  if (empty >= 0) return `zero num_hops in path ${empty}/${paths.length}`;
  return infos.length === paths.length
    ? undefined
    : `expected ${paths.length} payinfo but found ${infos.length}`;
}
