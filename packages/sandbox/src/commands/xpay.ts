import { Bolt12Error, decodeOffer, type Offer } from '@clnrest/runes/bolt12';
import type { ArrayToken } from '@clnrest/json/tokens';
import {
  array,
  bool,
  defaulted,
  developerOnly,
  hash,
  label,
  msat,
  number,
  optional,
  type ParameterValues,
  required,
  string,
  u32,
} from '@clnrest/lightningd/parameters';
import { hasChain } from '../bolt12/chain.ts';
import type { CallWith, NodeWith } from '../node.ts';
import type { Network } from '../options/network.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { fetchedInvoice, type FetchingNode } from './fetchinvoice.ts';
import { payingFor, rejectInvoiceRequest } from './local-invoice-request.ts';
import {
  amountFor,
  checkPayable,
  partOf,
  feeLimit,
  payInvoice,
  readInvoice,
} from './pay-invoice.ts';

const EXEMPT_MSAT = 5000n;
const ONE_PERCENT = 10_000n;
const MAX_DELAY = 2016n;

const parameters = {
  invstring: required(string),
  amount_msat: optional(msat),
  maxfee: optional(msat),
  layers: optional(array),
  retry_for: defaulted(number, 60),
  partial_msat: optional(msat),
  maxdelay: defaulted(u32, MAX_DELAY),
  payer_note: optional(string),
  label: optional(label),
  localinvreqid: optional(hash),
  dev_use_shadow: developerOnly(optional(bool)),
};

/** The sandbox has no layers. lightningd fails with the first that it does not know, unless it pays itself. */
export function rejectLayers(layers: ArrayToken | undefined): void {
  const [unknown] = layers?.items ?? [];
  if (unknown === undefined) return;
  throw new CommandError(
    ErrorCode.invalidParams,
    `Failed: layers: unknown layer: invalid token '${unknown.raw.replaceAll('"', '\\"')}'`,
  );
}

type Values = ParameterValues<typeof parameters>;

function prepare(
  { invstring, amount_msat, partial_msat, maxfee, localinvreqid }: Values,
  world: World,
) {
  const read = readInvoice(invstring, world);
  rejectInvoiceRequest(localinvreqid, read.invoice);
  const amountMsat = amountFor(read.invoice, amount_msat);
  partOf(partial_msat, amountMsat);
  return {
    ...read,
    amountMsat,
    partialMsat: partial_msat,
    maxFeeMsat: maxfee ?? feeLimit(amountMsat, ONE_PERCENT, EXEMPT_MSAT),
  };
}

function isOffer({ invstring }: Values): boolean {
  return /^(?:lno1|LNO1)/.test(invstring);
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** Rejects an offer that cannot be paid with one command. */
function checkOffer(values: Values, { identity }: NodeWith<'identity'>): void {
  const { values: offer } = readOffer(values.invstring, identity.network);
  if (offer.offerCurrency !== undefined) {
    throw invalid(`Cannot pay offer in different currency ${offer.offerCurrency}`);
  }
  const { amount_msat: given } = values;
  if (offer.offerAmount === undefined) {
    if (given === undefined) throw invalid('Must specify amount for this offer');
  } else if (given !== undefined && given !== offer.offerAmount) {
    throw invalid(`Offer amount is ${offer.offerAmount}msat, you tried to pay ${given}msat`);
  }
  if ((offer.offerRecurrenceCompulsory ?? offer.offerRecurrenceOptional) !== undefined) {
    throw invalid('Cannot xpay recurring offers');
  }
  if (values.localinvreqid !== undefined) {
    throw invalid('Cannot use localinvreqid with offer payment');
  }
}

function readOffer(text: string, network: Network): Offer {
  try {
    const offer = decodeOffer(text);
    if (hasChain(offer.values.offerChains, network)) return offer;
  } catch (error) {
    if (error instanceof Bolt12Error) throw invalid(`Invalid bolt12 offer: ${error.message}`);
    throw error;
  }
  throw invalid('Invalid bolt12 offer: wrong chain');
}

/** Fetches the invoice of an offer, which then replaces the offer and its parameters. */
async function withInvoice(values: Values, node: XpayNode, signal: AbortSignal): Promise<Values> {
  if (!isOffer(values)) return values;
  const { amount_msat: amountMsat, payer_note: payerNote } = values;
  const options = { amountMsat, payerNote };
  const invstring = await fetchedInvoice(values.invstring, options, node, signal);
  return { ...values, invstring, amount_msat: undefined };
}

type XpayNode = FetchingNode & NodeWith<'invoiceRequests' | 'log' | 'plugins'>;

export const xpay = defineCommand({
  name: 'xpay',
  parameters,
  validate(values, { node }: CallWith<keyof XpayNode>) {
    if (isOffer(values)) checkOffer(values, node);
    else prepare(values, node.world);
  },
  async run(values, { node, signal }: CallWith<keyof XpayNode>) {
    const prepared = prepare(await withInvoice(values, node, signal), node.world);
    checkPayable(prepared.invoice, node);
    if (prepared.invoice.payee !== node.identity.id) rejectLayers(values.layers);
    if (node.world.payments.paid(Buffer.from(prepared.invoice.paymentHash, 'hex')) !== undefined) {
      throw new CommandError(ErrorCode.payAlreadyPaid, 'Already paid this invoice successfully');
    }
    const request = {
      ...prepared,
      maxDelay: Number(values.maxdelay),
      retryFor: values.retry_for,
      label: values.label,
      description: undefined,
    };
    const { invoice } = prepared;
    const payment = await payingFor(values.localinvreqid, invoice, node, () =>
      payInvoice(node, request, signal),
    );
    return {
      payment_preimage: payment.preimage?.toString('hex'),
      amount_msat: payment.amountMsat,
      amount_sent_msat: payment.sentMsat,
      failed_parts: node.world.payments.failedParts(payment),
      successful_parts: payment.parts,
    };
  },
});
