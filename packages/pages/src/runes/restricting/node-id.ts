import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/curves/utils.js';
import { visible } from '../../visible.ts';

/** What people copy along with an id: blanks, line breaks and quotation marks. */
const AROUND = /[\s"'`\u2018\u2019\u201c\u201d\u00ab\u00bb]/g;
const EXAMPLE = '66 hex digits that start with 02 or 03';

/**
 * Reads a node id as people paste it: `02…`, or `02…@host:9735`, in quotes, with blanks, in upper case. Returns it as runes
 * contain it, or a problem.
 */
export function readNodeId(
  text: string,
): { readonly nodeId: string } | { readonly problem: string } {
  const [id = ''] = text.replace(AROUND, '').replace(/,$/, '').toLowerCase().split('@');
  if (/^0[23][0-9a-f]{64}$/.test(id)) {
    return secp256k1.utils.isValidPublicKey(hexToBytes(id), true)
      ? { nodeId: id }
      : { problem: 'This is not a node id: no public key has these digits. Copy the id again.' };
  }
  return { problem: problemOf(id) };
}

function problemOf(id: string): string {
  if (id === '') return `Enter a node id: ${EXAMPLE}.`;
  const wrong = /[^0-9a-f]/u.exec(id)?.[0];
  if (wrong !== undefined) {
    return `A node id has ${EXAMPLE}; “${visible(wrong)}” is not a hex digit.`;
  }
  if (id.length === 64) {
    return `This has 64 hex digits, as private keys and payment hashes do. A node id has ${EXAMPLE}.`;
  }
  if (id.length !== 66) return `This has ${id.length} hex digits. A node id has ${EXAMPLE}.`;
  return `This starts with ${id.slice(0, 2)}. A node id has ${EXAMPLE}.`;
}
