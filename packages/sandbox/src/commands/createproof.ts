import {
  Bolt12Error,
  decodeBolt12Invoice,
  decodePayerProof,
  encodePayerProof,
  offerId,
  type PayableBolt12Invoice,
  type Tlv,
} from '@clnrest/runes/bolt12';
import {
  invalidToken,
  optional,
  type ParameterValues,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import { hasChain } from '../bolt12/chain.ts';
import { fieldName } from '../bolt12/field-names.ts';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { firstToken } from '../params/bolt12.ts';
import { fieldTypes, type Paid, paid } from '../params/proofs.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { readListedInvoice } from './pay-invoice.ts';

const parameters = {
  invstring: required(paid),
  note: optional(string),
  include: optional(fieldTypes),
};

type Values = ParameterValues<typeof parameters>;
type Parts = 'identity' | 'keys' | 'world';

/** The description, the issuer, the time and the amount of the invoice. */
const DEFAULT_TYPES: readonly bigint[] = [10n, 22n, 164n, 170n];

/** Creates proofs of payments: one for each completed part. */
export const createproof = defineCommand({
  name: 'createproof',
  parameters,
  validate({ invstring }, { node }: CallWith<Parts>, params) {
    if (!('chains' in invstring) || hasChain(invstring.chains, node.identity.network)) return;
    const token = firstToken(params, 'invstring');
    throw invalidToken('invstring', 'Invalid offer: wrong chain', token);
  },
  run(values, { node }: CallWith<Parts>) {
    const proofs = [...provenPayments(values.invstring, node)].map(({ invoice, preimage }) =>
      proofJson(invoice, preimage, values, node),
    );
    if (proofs.length > 0) return { proofs };
    const message = 'No successful payment found for that invstring';
    throw new CommandError(ErrorCode.createproofNoPayment, message);
  },
});

function* provenPayments(
  given: Paid,
  { identity, world }: NodeWith<Parts>,
): Generator<{ invoice: PayableBolt12Invoice; preimage: Buffer }> {
  const paymentHash =
    'invoice' in given
      ? Buffer.from(readListedInvoice(given.invoice, world).invoice.paymentHash, 'hex')
      : undefined;
  for (const { status, preimage, invstring } of world.paymentStore.attempts({ paymentHash })) {
    if (status !== 'complete' || preimage === undefined) continue;
    if (invstring?.startsWith('lni1') !== true) continue;
    const invoice = decodeBolt12Invoice(invstring);
    const { invreqChain: chain } = invoice.values;
    if (hasChain(chain && [chain], identity.network) && isFor(given, invoice)) {
      yield { invoice, preimage };
    }
  }
}

function isFor(given: Paid, { values, tlvs }: PayableBolt12Invoice): boolean {
  if ('offerId' in given) return Buffer.from(given.offerId).equals(offerId(tlvs));
  if (!('name' in given)) return true;
  const name = values.invreqBip353Name;
  return (
    name !== undefined &&
    Buffer.from(name.name).equals(given.name.name) &&
    Buffer.from(name.domain).equals(given.name.domain)
  );
}

function proofJson(
  invoice: PayableBolt12Invoice,
  preimage: Buffer,
  { note, include = DEFAULT_TYPES }: Values,
  { keys }: NodeWith<'keys'>,
): JsonObject {
  const content = { preimage, note, include: (type: bigint) => include.includes(type) };
  const payer = keys.payerKey(invoice.values.invreqMetadata ?? new Uint8Array());
  try {
    const bolt12 = encodePayerProof(invoice, content, payer.sign);
    return { bolt12, ...includedJson(decodePayerProof(bolt12).tlvs) };
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    // lightningd v26.06.6 ends.
    throw new CommandError(ErrorCode.invalidParams, `include: ${error.message}`);
  }
}

/** The ranges of types of an offer, a request and an invoice, whose signature is in the proof. */
const LAYERS = [
  ['offer', (type) => (type >= 1n && type <= 79n) || isBillions(type, 1n)],
  ['invreq', (type) => (type >= 80n && type <= 159n) || isBillions(type, 2n)],
  ['invoice', (type) => (type >= 160n && type <= 240n) || isBillions(type, 3n)],
] as const satisfies readonly (readonly [string, (type: bigint) => boolean])[];

function isBillions(type: bigint, count: bigint): boolean {
  return type / 1_000_000_000n === count;
}

function includedJson(tlvs: readonly Tlv[]): JsonObject {
  return Object.fromEntries(
    LAYERS.map(([layer, isIn]) => [
      `${layer}_fields_included`,
      tlvs.filter(({ type }) => isIn(type)).map(({ type }) => fieldName(type)),
    ]),
  );
}
