import type { Bolt12Invoice } from './invoice.ts';
import { Bolt12Error } from './error.ts';
import { type Message, PAYER_PROOF_FIELDS, tlvsOf, type Values } from './fields.ts';
import type { SignHash } from './encode.ts';
import { leafOf, merkleRoot, nonces, rootSignatureHash } from './merkle.ts';
import { messageOfText } from './message-text.ts';
import { payerProofProblem } from './payer-proof-problem.ts';
import { type SparseLeaf, sparseRoot } from './sparse-merkle.ts';
import { textOfBytes } from './text-format.ts';
import { isSignature, type Tlv, tlvStreamBytes } from './tlv.ts';

/** A proof that the holder of a key has paid an invoice, with some of its fields (a draft of BOLT 12, as in lightningd v26.06.6). */
export type PayerProof = Message<typeof PAYER_PROOF_FIELDS>;

/** The values of a payer proof. */
export type PayerProofValues = Values<typeof PAYER_PROOF_FIELDS>;

const FORM = {
  prefix: 'lnp',
  fields: PAYER_PROOF_FIELDS,
  malformed: 'invalid payer_proof data',
};

/** The types that every proof includes, if the invoice has them. */
const MANDATORY_TYPES: ReadonlySet<bigint> = new Set([88n, 168n, 174n, 176n]);

/**
 * Decodes a payer proof (`lnp1…`), and checks it: the preimage, the signature of the invoice and that of the payer.
 *
 * @throws {Bolt12Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { Bolt12Error, decodePayerProof } from '@clnrest/runes/bolt12';
 *
 * let message = '';
 * try {
 *   decodePayerProof('lnp1');
 * } catch (error) {
 *   if (error instanceof Bolt12Error) message = error.message;
 * }
 * message; // => 'Missing invreq_payer_id'
 * ```
 */
export function decodePayerProof(text: string): PayerProof {
  const proof = messageOfText(text, FORM);
  const problem = payerProofProblem(proof);
  if (problem !== undefined) throw new Bolt12Error(problem);
  return proof;
}

/** What a payer proof contains. */
export interface ProofContent {
  /** The preimage of the payment, 32 bytes. */
  readonly preimage: Uint8Array;
  /** A note of the payer, which the payer's signature covers. */
  readonly note?: string | undefined;
  /** The types of the records to include, besides those that every proof includes. */
  readonly include: (type: bigint) => boolean;
}

/**
 * Writes a proof that an invoice was paid, and signs it with the payer's key.
 *
 * @throws {Bolt12Error} if the proof would include a record that payer proofs do not know
 *
 * @example
 * ```ts
 * import { schnorr } from '@noble/curves/secp256k1.js';
 * import { sha256 } from '@noble/hashes/sha2.js';
 * import { decodeBolt12Invoice, decodePayerProof, encodeBolt12Invoice, encodePayerProof } from '@clnrest/runes/bolt12';
 *
 * const secret = new Uint8Array(32).fill(7);
 * const key = Uint8Array.of(2, ...schnorr.getPublicKey(secret));
 * const sign = (hash: Uint8Array) => schnorr.sign(hash, secret);
 * const preimage = new Uint8Array(32).fill(1);
 * const hops = [{ blindedNodeId: key, encryptedRecipientData: new Uint8Array() }];
 * const text = encodeBolt12Invoice(
 *   {
 *     invreqMetadata: new Uint8Array(16),
 *     offerDescription: 'Coffee',
 *     invreqPayerId: key,
 *     invoicePaths: [{ firstNode: { nodeId: key }, firstPathKey: key, hops }],
 *     invoiceBlindedpay: [
 *       {
 *         feeBaseMsat: 0,
 *         feeProportionalMillionths: 0,
 *         cltvExpiryDelta: 10,
 *         htlcMinimumMsat: 0n,
 *         htlcMaximumMsat: 1n,
 *         features: new Uint8Array(),
 *       },
 *     ],
 *     invoiceCreatedAt: 1_800_000_000n,
 *     invoicePaymentHash: sha256(preimage),
 *     invoiceAmount: 1n,
 *     invoiceNodeId: key,
 *   },
 *   sign,
 * );
 * const include = (type: bigint) => type === 10n;
 * const proof = encodePayerProof(decodeBolt12Invoice(text), { preimage, include }, sign);
 * decodePayerProof(proof).values.offerDescription; // => 'Coffee'
 * decodePayerProof(proof).values.invoiceAmount; // => undefined
 * ```
 */
export function encodePayerProof(
  invoice: Pick<Bolt12Invoice, 'tlvs' | 'values'>,
  content: ProofContent,
  sign: SignHash,
): string {
  const included = includedTlvs(invoice.tlvs, content.include);
  const values: PayerProofValues = {
    signature: invoice.values.signature,
    proofPreimage: content.preimage,
    proofNote: content.note,
    ...proofHashes(invoice.tlvs, included),
  };
  const unsigned = [...included, ...tlvsOf(PAYER_PROOF_FIELDS, values)].toSorted(byType);
  const proofSignature = sign(rootSignatureHash('payer_proof', merkleRoot(unsigned)));
  const tlvs = [...unsigned, ...tlvsOf(PAYER_PROOF_FIELDS, { proofSignature })];
  return textOfBytes(tlvStreamBytes(tlvs), 'lnp');
}

function byType(a: Tlv, b: Tlv): number {
  return a.type < b.type ? -1 : 1;
}

/** The first record, which is the payer's secret metadata, makes the nonces of the others unpredictable. */
function includedTlvs(tlvs: readonly Tlv[], include: (type: bigint) => boolean): Tlv[] {
  const known = new Set<bigint>(Object.values(PAYER_PROOF_FIELDS).map(({ type }) => type));
  const included = tlvs.filter(
    (tlv) => !isSignature(tlv) && (MANDATORY_TYPES.has(tlv.type) || include(tlv.type)),
  );
  const stray = included.find(({ type }) => type % 2n === 0n && !known.has(type));
  if (stray === undefined) return included;
  throw new Bolt12Error(`a payer proof cannot include field ${stray.type}`);
}

/** What proves that the invoice has the included records. */
function proofHashes(
  tlvs: readonly Tlv[],
  included: readonly Tlv[],
): Pick<PayerProofValues, 'proofOmittedTlvs' | 'proofMissingHashes' | 'proofLeafHashes'> {
  const signed = tlvs.filter((tlv) => !isSignature(tlv));
  const [first] = signed;
  if (first === undefined) throw new Bolt12Error('the invoice has no fields');
  const nonceOf = nonces(first);
  const leaves = signed.map((tlv): SparseLeaf => ({
    hash: leafOf(tlv, nonceOf(tlv.type)),
    isOmitted: !included.includes(tlv),
  }));
  const proofMissingHashes: Uint8Array[] = [];
  sparseRoot(leaves, (hash) => {
    proofMissingHashes.push(hash);
    return hash;
  });
  const omitted = omittedMarkers(signed, included);
  return {
    proofOmittedTlvs: omitted.length === 0 ? undefined : omitted,
    proofMissingHashes,
    proofLeafHashes: included.map(({ type }) => nonceOf(type)),
  };
}

/** The place of each omitted record: a number after that of the record before it, so that the type stays secret. */
function omittedMarkers(signed: readonly Tlv[], included: readonly Tlv[]): bigint[] {
  const markers: bigint[] = [];
  let last = 0n;
  for (const tlv of signed) {
    if (included.includes(tlv)) last = tlv.type;
    else if (tlv.type !== 0n) markers.push(++last);
  }
  return markers;
}
