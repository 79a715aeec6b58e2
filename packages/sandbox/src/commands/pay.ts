import { createHash } from 'node:crypto';
import { secondsOf, withNanoseconds } from '../clock.ts';
import { RawJson } from '@clnrest/json';
import { isNull } from '@clnrest/json/tokens';
import {
  bool,
  defaulted,
  developerOnly,
  escapedString,
  hash,
  label,
  millisatoshi,
  msat,
  number,
  optional,
  type ParameterValues,
  type ParamsToken,
  required,
  string,
  u32,
} from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { boolValue } from '../options/values.ts';
import { exclusions } from '../params/exclusions.ts';
import { percent, percentOf } from '../params/world.ts';
import type { PayableInvoice } from '../world/invoice-cache.ts';
import type { CombinedPayment } from '../world/payment.ts';
import type { World } from '../world/world.ts';
import { defineCommand, type Command } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { payingFor, rejectInvoiceRequest } from './local-invoice-request.ts';
import {
  amountFor,
  checkPayable,
  checkUsable,
  partOf,
  feeLimit,
  payInvoice,
  readInvoice,
} from './pay-invoice.ts';

const EXEMPT_MSAT = 5000n;
const HALF_A_PERCENT = 5000n;
const MAX_DELAY = 2016n;

type PayNode = CallWith<
  | 'clock'
  | 'configuration'
  | 'identity'
  | 'invoiceRequests'
  | 'log'
  | 'logBook'
  | 'plugins'
  | 'world'
>;

/** The parameters that `xpay` accepts when it takes over a call of `pay`. It ignores all others. */
const takenOverParameters = {
  bolt11: required(string),
  amount_msat: optional(msat),
  label: optional(label),
  maxfeepercent: optional(percent),
  retry_for: defaulted(number, 60),
  maxdelay: defaulted(u32, MAX_DELAY),
  exemptfee: optional(msat),
  localinvreqid: optional(hash),
  maxfee: optional(msat),
  partial_msat: optional(msat),
};

/** `pay`, as `xpay` carries it out with its option `xpay-handle-pay`, which is on by default. */
const takenOver = defineCommand({
  name: 'pay',
  parameters: takenOverParameters,
  ignoresUnknown: true,
  async run(values, { node, signal }: PayNode) {
    const { invoice, invstring } = readInvoice(values.bolt11, node.world);
    rejectInvoiceRequest(values.localinvreqid, invoice);
    const amountMsat = amountFor(invoice, values.amount_msat);
    const before = node.world.payments.paid(Buffer.from(invoice.paymentHash, 'hex'));
    if (before !== undefined) return paidBeforeJson(before);
    partOf(values.partial_msat, amountMsat);
    checkPayable(invoice, node);
    const request = {
      invoice,
      invstring,
      amountMsat,
      partialMsat: values.partial_msat,
      maxFeeMsat: maxFee(values, amountMsat),
      maxDelay: Number(values.maxdelay),
      retryFor: values.retry_for,
      label: values.label,
      description: undefined,
    };
    const payment = await payingFor(values.localinvreqid, invoice, node, () =>
      payInvoice(node, request, signal),
    );
    return takenOverJson(payment);
  },
});

const rest = {
  amount_msat: optional(msat),
  label: optional(string),
  riskfactor: optional(percent),
  maxfeepercent: optional(percent),
  retry_for: defaulted(number, 60),
  maxdelay: defaulted(number, Number(MAX_DELAY)),
  exemptfee: optional(msat),
  localinvreqid: optional(hash),
  exclude: optional(exclusions),
  maxfee: optional(msat),
  description: optional(escapedString),
  partial_msat: optional(msat),
  dev_use_shadow: developerOnly(optional(bool)),
};

type OwnValues = ParameterValues<typeof rest> & { readonly invstring: string };

/** The command of lightningd's plugin `pay`, which `xpay` leaves the calls that it does not understand. */
const own = defineCommand({
  name: 'pay',
  parameters: { invstring: required(string), ...rest },
  validate: (values, { node }: PayNode) => void prepareOwn(values, node),
  run: (values, { node, signal }: PayNode) => runOwn(values, node, signal),
});

/** The same, with the older name of its first parameter. */
const ownByBolt11 = defineCommand({
  name: 'pay',
  parameters: { bolt11: required(string), ...rest },
  validate: ({ bolt11, ...others }, { node }: PayNode) =>
    void prepareOwn({ ...others, invstring: bolt11 }, node),
  run: ({ bolt11, ...others }, { node, signal }: PayNode) =>
    runOwn({ ...others, invstring: bolt11 }, node, signal),
});

export const pay: Command<PayNode['node']> = {
  name: 'pay',
  usage: own.usage,
  run(call, params) {
    if (!isTakenOver(params, call.node)) return ownFor(params).run(call, params);
    call.node.logBook.logger('plugin-cln-xpay').log('info', 'Redirecting pay->xpay');
    return takenOver.run(call, params);
  },
  check: (call, params) => ownFor(params).check(call, params),
};

function ownFor(params: ParamsToken): Command<PayNode['node']> {
  const names = params.type === 'object' ? params.members.map(([name]) => name) : [];
  return names.includes('invstring') ? own : ownByBolt11;
}

/**
 * Whether `xpay` carries out the call: with at most two parameters by position, or with `bolt11` by name. It leaves the
 * limits of fees that it cannot calculate.
 */
function isTakenOver(
  params: ParamsToken,
  { configuration: { options }, world }: PayNode['node'],
): boolean {
  if (boolValue(options.value('xpay-handle-pay') ?? 'true') === false) return false;
  if (params.type === 'array') {
    const [bolt11] = params.items;
    return params.items.length <= 2 && bolt11 !== undefined && !isNull(bolt11);
  }
  const given = new Map(params.members.map(([name, { text }]) => [name, text]));
  const bolt11 = given.get('bolt11');
  if (bolt11 === undefined) return false;
  const [percentage, exempt] = [given.get('maxfeepercent'), given.get('exemptfee')];
  if (percentage === undefined && exempt === undefined) return true;
  if (given.has('maxfee')) return false;
  if (percentage !== undefined && percentOf(percentage) === undefined) return false;
  if (exempt !== undefined && millisatoshi(exempt) === undefined) return false;
  const amount = given.get('amount_msat');
  if (amount !== undefined) return millisatoshi(amount) !== undefined;
  return hasAmount(bolt11, world);
}

function hasAmount(bolt11: string, world: World): boolean {
  try {
    return readInvoice(bolt11, world).invoice.amountMsat !== undefined;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

interface FeeLimits {
  readonly maxfee: bigint | undefined;
  readonly maxfeepercent: bigint | undefined;
  readonly exemptfee: bigint | undefined;
}

function maxFee({ maxfee, maxfeepercent, exemptfee }: FeeLimits, amountMsat: bigint): bigint {
  return maxfee ?? feeLimit(amountMsat, maxfeepercent ?? HALF_A_PERCENT, exemptfee ?? EXEMPT_MSAT);
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

function prepareOwn(values: OwnValues, node: PayNode['node']) {
  const { invoice, invstring } = readInvoice(values.invstring, node.world, '');
  checkUsable(invoice, node, '');
  checkDescription(values.description, invoice);
  checkPayable(invoice, node, 'Invoice expired');
  const amountMsat = ownAmount(invoice.amountMsat, values.amount_msat);
  if (values.partial_msat !== undefined && invoice.payee === node.identity.id) {
    if (values.partial_msat <= amountMsat) {
      throw invalid('partial_msat not supported (yet?) for self-pay');
    }
  }
  partOf(values.partial_msat, amountMsat);
  if (values.maxfee !== undefined && (values.maxfeepercent ?? values.exemptfee) !== undefined) {
    throw invalid('If you specify maxfee, cannot specify maxfeepercent or exemptfee.');
  }
  return {
    invoice,
    invstring,
    amountMsat,
    partialMsat: values.partial_msat,
    maxFeeMsat: maxFee(values, amountMsat),
  };
}

/** An invoice with the hash of its description can be paid with the description (BOLT 11, field `h`). */
function checkDescription(description: string | undefined, invoice: PayableInvoice): void {
  const expected = invoice.descriptionHash;
  if (description === undefined || expected === undefined) return;
  const hash = createHash('sha256').update(description).digest('hex');
  if (hash !== expected) throw invalid('Invalid bolt11: h: does not match description');
}

function ownAmount(ofInvoice: bigint | undefined, given: bigint | undefined): bigint {
  if (ofInvoice === undefined) {
    if (given === undefined) throw invalid('msatoshi parameter required');
    return given;
  }
  if (given !== undefined) throw invalid('msatoshi parameter unnecessary');
  return ofInvoice;
}

async function runOwn(
  values: OwnValues,
  node: PayNode['node'],
  signal: AbortSignal,
): Promise<CommandResult> {
  const prepared = prepareOwn(values, node);
  const { invoice } = prepared;
  const before = node.world.payments.paid(Buffer.from(invoice.paymentHash, 'hex'));
  if (before !== undefined) return paidBeforeJson(before);
  const payment = await payInvoice(
    node,
    {
      ...prepared,
      maxDelay: values.maxdelay,
      retryFor: values.retry_for,
      label: values.label,
      description: values.description,
      selfPayment: 'sendpay',
    },
    signal,
  );
  return ownJson(payment);
}

function takenOverJson(payment: CombinedPayment): CommandResult {
  return {
    payment_preimage: payment.preimage?.toString('hex'),
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    parts: payment.parts,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    status: payment.status,
    created_at: RawJson.checked(withNanoseconds(payment.createdAt)),
  };
}

function ownJson(payment: CombinedPayment): CommandResult {
  return {
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    created_at: RawJson.checked(withNanoseconds(payment.createdAt)),
    parts: payment.parts,
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    payment_preimage: payment.preimage?.toString('hex'),
    status: payment.status,
  };
}

function paidBeforeJson(payment: CombinedPayment): CommandResult {
  return {
    payment_preimage: payment.preimage?.toString('hex'),
    status: payment.status,
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    created_at: secondsOf(payment.createdAt),
    parts: payment.parts,
  };
}
