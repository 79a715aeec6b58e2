import { createCipheriv, createHmac, createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { BlindedHop, BlindedPath } from '@clnrest/runes/bolt12';

/** One node of a path, and the secret that it gets with a message or payment. */
interface PathNode {
  /** The public key, 66 hex digits. */
  readonly id: string;
  /** The id by which the last node recognizes the path; undefined for other nodes. */
  readonly pathId?: Buffer;
}

const { Point } = secp256k1;
const N = Point.Fn.ORDER;
/** The types of encrypted data (BOLT 4, "Route Blinding"). */
const NEXT_NODE_ID = 4;
const PATH_ID = 6;

/** Creates a blinded path over the nodes (BOLT 4, "Route Blinding"). The first node is public. */
export function createBlindedPath(nodes: readonly PathNode[]): BlindedPath {
  const [first] = nodes;
  if (first === undefined) throw new Error('a blinded path needs a node');
  let key = numberOf(secp256k1.utils.randomSecretKey());
  const firstPathKey = Point.BASE.multiply(key).toBytes(true);
  const hops: BlindedHop[] = [];
  for (const [index, node] of nodes.entries()) {
    const pathKey = Point.BASE.multiply(key).toBytes(true);
    const secret = sha256(Point.fromHex(node.id).multiply(key).toBytes(true));
    const factor = numberOf(hmac('blinded_node_id', secret));
    hops.push({
      blindedNodeId: Point.fromHex(node.id).multiply(factor).toBytes(true),
      encryptedRecipientData: encrypted(hmac('rho', secret), dataFor(node, nodes[index + 1])),
    });
    key = (key * numberOf(sha256(Buffer.concat([pathKey, secret])))) % N;
  }
  return { firstNode: { nodeId: Buffer.from(first.id, 'hex') }, firstPathKey, hops };
}

function dataFor({ pathId }: PathNode, next: PathNode | undefined): Buffer {
  if (next !== undefined) return tlv(NEXT_NODE_ID, Buffer.from(next.id, 'hex'));
  return pathId === undefined ? Buffer.alloc(0) : tlv(PATH_ID, pathId);
}

function tlv(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length), value]);
}

function encrypted(key: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 });
  return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

function hmac(key: string, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % N;
}
