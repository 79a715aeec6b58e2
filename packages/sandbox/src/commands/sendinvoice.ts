import { createHash, randomBytes } from 'node:crypto';
import {
  Bolt12Error,
  decodeInvoiceRequest,
  encodeBolt12Invoice,
  type InvoiceRequest,
  isSigned,
} from '@clnrest/runes/bolt12';
import type { JsonToken } from '@clnrest/json/tokens';
import {
  defaulted,
  invalidToken,
  label,
  msat,
  number,
  optional,
  type ParameterValues,
  type Parser,
  required,
} from '@clnrest/lightningd/parameters';
import { newInvoiceValues } from '../bolt12/new-invoice.ts';
import { hasChain } from '../bolt12/chain.ts';
import { reachedNode } from '../bolt12/send-request.ts';
import { seconds } from '../clock.ts';
import { receivePayment } from '../hooks/incoming-payment.ts';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import { DEFAULT_RELATIVE_EXPIRY } from '../bolt12/invoice-json.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { askBolt12 } from '../shared-world/ask-bolt12.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { payForRequest } from './pay-for-request.ts';
import { waitResult } from './waitinvoice.ts';
import { withTimeout } from './with-timeout.ts';

/** A request, and the token that errors quote. */
interface GivenRequest {
  readonly request: InvoiceRequest;
  readonly token: JsonToken;
}

const invreq: Parser<GivenRequest> = (token, name) => {
  try {
    return { request: decodeInvoiceRequest(token.text), token };
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw invalidToken(name, `Unparsable invoice_request: ${error.message}`, token);
  }
};

const parameters = {
  invreq: required(invreq),
  label: required(label),
  amount_msat: optional(msat),
  timeout: defaulted(number, 90),
};

type Parts =
  | 'clock'
  | 'identity'
  | 'invoiceRequests'
  | 'invoices'
  | 'keys'
  | 'log'
  | 'memberRequests'
  | 'peers'
  | 'plugins'
  | 'world';

/** Sends an invoice for a request that another node has published, and waits for the payment. */
export const sendinvoice = defineCommand({
  name: 'sendinvoice',
  parameters,
  validate: ({ invreq: given }, { node }: CallWith<Parts>) => check(given, node),
  async run(values, { node, signal }: CallWith<Parts>) {
    const invoice = createInvoice(values, node);
    const payer = Buffer.from(values.invreq.request.values.invreqPayerId ?? []).toString('hex');
    if (payer === node.identity.id) {
      await payForRequest(invoice.invstring, node, signal);
      return waitResult(node.invoices.byHash(invoice.paymentHash) ?? 'deleted');
    }
    if (node.world.nodes.byId(payer)?.member !== undefined) {
      return sendToMember(payer, invoice, values.timeout, node, signal);
    }
    const found = await reachedNode(payer, values.timeout, node, signal);
    if (found.conduct === 'reject') {
      throw refused(`Failed invoice ${invoice.invstring}: invoice_request no longer available`);
    }
    const { paymentHash } = invoice;
    await receivePayment(node, { from: found, paymentHash, amountMsat: undefined });
    const paid = node.invoices.byHash(paymentHash);
    return waitResult(paid ?? 'deleted');
  },
});

/** Waits until the node has paid the invoice, or sends a reason not to. */
async function sendToMember(
  payer: string,
  invoice: StoredInvoice,
  timeout: number,
  node: NodeWith<Parts>,
  signal: AbortSignal,
): Promise<CommandResult> {
  const text = invoice.invstring;
  const timedOut = (): CommandError =>
    new CommandError(ErrorCode.offerTimeout, 'Failed: timeout waiting for response', {
      invstring: text,
    });
  const result = await withTimeout(
    timeout,
    signal,
    (either) => {
      const settled = node.invoices.settled(invoice, either);
      const asked = askBolt12(payer, { name: 'invoice', text }, node, either);
      const replied = asked.then((answer) => {
        if ('problem' in answer) throw refused(answer.problem);
        return settled;
      });
      return Promise.race([settled, replied]);
    },
    timedOut,
  );
  if (result !== 'deleted' && result.status === 'expired') throw timedOut();
  return waitResult(result);
}

function refused(error: string): CommandError {
  return new CommandError(ErrorCode.offerBadReply, 'Remote node sent failure message', { error });
}

/** Rejects a request, in lightningd's words and order. */
function check({ request, token }: GivenRequest, { identity }: NodeWith<'identity'>): void {
  const { values, tlvs } = request;
  const { invreqChain: chain, signature, invreqPayerId: payer } = values;
  const problem = ((): string | undefined => {
    if (!hasChain(chain && [chain], identity.network))
      return 'Unparsable invoice_request: wrong chain';
    if (payer === undefined) return 'Missing invreq_payer_id';
    if (values.invreqMetadata === undefined) return 'Missing invreq_metadata';
    if (signature === undefined) return 'Missing signature';
    if (!isSigned('invoice_request', tlvs, payer, signature)) return 'Invalid signature';
    if ((values.offerIssuerId ?? values.offerPaths) !== undefined) {
      return 'This is based on an offer?';
    }
    if (values.offerChains !== undefined) return 'Unexpected offer_chains';
    if (values.offerFeatures !== undefined) return 'Unexpected offer_features';
    if (values.offerQuantityMax !== undefined) return 'Unexpected offer_quantity_max';
    return values.invreqAmount === undefined ? 'Missing invreq_amount' : undefined;
  })();
  if (problem !== undefined) throw invalidToken('invreq', problem, token);
}

function createInvoice(
  { invreq: { request }, label, amount_msat: given, timeout }: ParameterValues<typeof parameters>,
  { clock, invoices, keys }: NodeWith<Parts>,
): StoredInvoice {
  const preimage = randomBytes(32);
  const paymentHash = createHash('sha256').update(preimage).digest();
  const amountMsat = given ?? request.values.invreqAmount ?? 0n;
  const now = seconds(clock);
  const existing = invoices.byLabel(label);
  if (existing !== undefined) {
    throw new CommandError(ErrorCode.labelExists, 'Duplicate label', invoiceJson(existing));
  }
  const values = {
    ...newInvoiceValues(keys, paymentHash, amountMsat, now),
    invoiceRelativeExpiry: timeout === DEFAULT_RELATIVE_EXPIRY ? undefined : timeout,
  };
  return invoices.add({
    label,
    invstring: encodeBolt12Invoice(values, keys.schnorr.sign, request.tlvs),
    paymentHash,
    preimage,
    amountMsat,
    description: request.values.offerDescription,
    expiresAt: now + BigInt(timeout),
  });
}
