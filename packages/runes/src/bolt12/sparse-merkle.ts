import { branch } from './merkle.ts';

/** A record of a tree: its node, and whether a proof omits the record. */
export interface SparseLeaf {
  readonly hash: Uint8Array;
  readonly isOmitted: boolean;
}

/** A subtree. The hash of an omitted one is correct only for the writer of a proof, who knows all records. */
type Subtree = SparseLeaf;

/**
 * The root of a Merkle tree of which a payer proof omits some records.
 *
 * @param resolve - gets each omitted subtree beside one that is not omitted, and returns its hash. The order is depth first,
 *   from the smallest type to the largest (a draft of BOLT 12).
 */
export function sparseRoot(
  leaves: readonly SparseLeaf[],
  resolve: (omitted: Uint8Array) => Uint8Array,
): Uint8Array {
  const subtree = (from: number, size: number): Subtree | undefined => {
    if (size === 1) return leaves[from];
    const left = subtree(from, size / 2);
    const right = subtree(from + size / 2, size / 2);
    if (left === undefined || right === undefined) return left;
    if (left.isOmitted && right.isOmitted) {
      return { hash: branch(left.hash, right.hash), isOmitted: true };
    }
    const known = ({ hash, isOmitted }: Subtree): Uint8Array => (isOmitted ? resolve(hash) : hash);
    return { hash: branch(known(left), known(right)), isOmitted: false };
  };
  let size = 1;
  while (size < leaves.length) size *= 2;
  return subtree(0, size)?.hash ?? new Uint8Array(32);
}
