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
import type { CallWith } from '../node.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { rejectInvoiceRequest } from './pay.ts';
import {
  amountFor,
  checkPayable,
  checkSinglePart,
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
function rejectLayers(layers: ArrayToken | undefined): void {
  const [unknown] = layers?.items ?? [];
  if (unknown === undefined) return;
  throw new CommandError(
    ErrorCode.invalidParams,
    `Failed: layers: unknown layer: invalid token '${unknown.raw.replaceAll('"', '\\"')}'`,
  );
}

function prepare(
  {
    invstring,
    amount_msat,
    partial_msat,
    maxfee,
    localinvreqid,
  }: ParameterValues<typeof parameters>,
  world: World,
) {
  const read = readInvoice(invstring, world);
  rejectInvoiceRequest(localinvreqid);
  const amountMsat = amountFor(read.invoice, amount_msat);
  checkSinglePart(partial_msat, amountMsat);
  return {
    ...read,
    amountMsat,
    maxFeeMsat: maxfee ?? feeLimit(amountMsat, ONE_PERCENT, EXEMPT_MSAT),
  };
}

export const xpay = defineCommand({
  name: 'xpay',
  parameters,
  validate: (values, { node }: CallWith<'clock' | 'identity' | 'log' | 'plugins' | 'world'>) =>
    void prepare(values, node.world),
  async run(
    values,
    { node, signal }: CallWith<'clock' | 'identity' | 'log' | 'plugins' | 'world'>,
  ) {
    const prepared = prepare(values, node.world);
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
    const payment = await payInvoice(node, request, signal);
    return {
      payment_preimage: payment.preimage?.toString('hex'),
      amount_msat: payment.amountMsat,
      amount_sent_msat: payment.sentMsat,
      failed_parts: 0,
      successful_parts: 1,
    };
  },
});
