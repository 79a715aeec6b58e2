import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Message, PAYER_PROOF_FIELDS } from './fields.ts';
import { leafOf, merkleRoot, rootSignatureHash, type SignedMessage } from './merkle.ts';
import { type SparseLeaf, sparseRoot } from './sparse-merkle.ts';
import { isSignature, type Tlv } from './tlv.ts';

type Proof = Message<typeof PAYER_PROOF_FIELDS>;
type RequiredName = (typeof REQUIRED)[number][0];
type Values = Proof['values'] & {
  readonly [K in RequiredName]: NonNullable<Proof['values'][K]>;
};

/** The values that every proof needs, in the order of lightningd's checks. */
const REQUIRED = [
  ['invreqPayerId', 'invreq_payer_id'],
  ['invoicePaymentHash', 'invoice_payment_hash'],
  ['invoiceNodeId', 'invoice_node_id'],
  ['signature', 'signature'],
  ['proofPreimage', 'proof_preimage'],
  ['proofMissingHashes', 'proof_missing_hashes'],
  ['proofLeafHashes', 'proof_leaf_hashes'],
  ['proofSignature', 'proof_signature'],
] as const;

/** The types of the proof's own records, which the invoice does not have. */
const PROOF_TYPES = { from: 1001n, to: 999_999_999n };

/** Why a proof proves nothing, in lightningd's words and order (`check_payer_proof` in bolt12_proof.c). */
export function payerProofProblem(proof: Proof): string | undefined {
  const { values, tlvs } = proof;
  if (!isComplete(values)) {
    const missing = REQUIRED.find(([name]) => values[name] === undefined);
    return `Missing ${missing?.[1] ?? ''}`;
  }
  if (!isSame(sha256(values.proofPreimage), values.invoicePaymentHash)) {
    return 'Incorrect preimage';
  }
  const omitted = values.proofOmittedTlvs ?? [];
  const problem = omittedProblem(omitted, tlvs);
  if (problem !== undefined) return problem;
  const root = invoiceRoot(proof, values, omitted);
  if (typeof root === 'string') return root;
  // lightningd reports both signatures in the same words.
  return isRootSigned('invoice', root, values.invoiceNodeId, values.signature) &&
    isRootSigned('payer_proof', merkleRoot(tlvs), values.invreqPayerId, values.proofSignature)
    ? undefined
    : 'Invalid invoice signature';
}

function isComplete(values: Proof['values']): values is Values {
  return REQUIRED.every(([name]) => values[name] !== undefined);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function isRootSigned(
  message: SignedMessage,
  root: Uint8Array,
  key: Uint8Array,
  signature: Uint8Array,
): boolean {
  return schnorr.verify(signature, rootSignatureHash(message, root), key.subarray(1));
}

function omittedProblem(omitted: readonly bigint[], tlvs: readonly Tlv[]): string | undefined {
  const included = new Set(tlvs.map(({ type }) => type));
  for (const [index, type] of omitted.entries()) {
    const at = `proof_omitted_tlvs[${index}] is`;
    if (type === 0n) return `${at} 0`;
    if (!isInvoiceType(type)) return `${at} non-invoiced field ${type}`;
    if (included.has(type)) return `${at} included field ${type}`;
    const previous = omitted[index - 1] ?? 0n;
    if (type !== previous + 1n && !included.has(type - 1n)) {
      return `${at} not one greater than the previous ${previous} nor an included tlv entry`;
    }
  }
  return undefined;
}

function isInvoiceType(type: bigint): boolean {
  return (type >= 1n && type <= 239n) || (type >= 1_000_000_000n && type <= 3_999_999_999n);
}

/** The root of the invoice's tree, from the included records and the hashes; or what is wrong with these. */
function invoiceRoot(
  { tlvs }: Proof,
  values: Values,
  omitted: readonly bigint[],
): Uint8Array | string {
  const leafHashes = new Supply(values.proofLeafHashes, 'proof_leaf_hashes');
  const missingHashes = new Supply(values.proofMissingHashes, 'proof_missing_hashes');
  const included = tlvs.filter(
    (tlv) => !isSignature(tlv) && (tlv.type < PROOF_TYPES.from || tlv.type > PROOF_TYPES.to),
  );
  // The metadata, type 0, is always omitted, and not listed.
  const omittedTlvs = [0n, ...omitted].map((type) => ({ type, value: undefined }));
  const leaves = mergedByType(included, omittedTlvs).map(({ type, value }): SparseLeaf => {
    if (value === undefined) return { hash: UNKNOWN, isOmitted: true };
    return { hash: leafOf({ type, value }, leafHashes.next()), isOmitted: false };
  });
  const root = sparseRoot(leaves, () => missingHashes.next());
  return leafHashes.problem ?? missingHashes.problem ?? root;
}

interface SomeTlv {
  readonly type: bigint;
  readonly value: Uint8Array | undefined;
}

/** Both lists in one, by type; of each list, the order stays. */
function mergedByType(included: readonly Tlv[], omitted: readonly SomeTlv[]): SomeTlv[] {
  const merged: SomeTlv[] = [];
  let at = 0;
  for (const tlv of included) {
    for (let next = omitted[at]; next !== undefined && next.type < tlv.type; next = omitted[at]) {
      merged.push(next);
      at++;
    }
    merged.push(tlv);
  }
  return [...merged, ...omitted.slice(at)];
}

const UNKNOWN = new Uint8Array(32);

/** The hashes of a field, of which each must be used once. */
class Supply {
  readonly #hashes: readonly Uint8Array[];
  readonly #name: string;
  #used = 0;

  constructor(hashes: readonly Uint8Array[], name: string) {
    this.#hashes = hashes;
    this.#name = name;
  }

  next(): Uint8Array {
    return this.#hashes[this.#used++] ?? UNKNOWN;
  }

  get problem(): string | undefined {
    if (this.#used > this.#hashes.length) return `Not enough ${this.#name}`;
    return this.#used < this.#hashes.length ? `Too many ${this.#name}` : undefined;
  }
}
