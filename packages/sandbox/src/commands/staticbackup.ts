import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { CallWith, NodeWith } from '../node.ts';
import {
  channelId,
  CHANNEL_TYPE,
  isOurs,
  peerOf,
  TO_SELF_DELAY,
  type Channel,
} from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import { wire } from '../world/transaction.ts';
import { defineCommand } from './command.ts';

type Parts = 'keys' | 'world';

/** Returns the open channels in lightningd's format, `modern_scb_chan` of common/scb_wire.csv. */
export const staticbackup = defineCommand({
  name: 'staticbackup',
  parameters: {},
  run: (_, { node }: CallWith<Parts>) => ({
    scb: node.world.channels
      .living()
      .filter(isOurs)
      .map((channel) => backupOf(channel, node).toString('hex')),
  }),
});

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function tlv(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length), value]);
}

const LOOPBACK = Buffer.of(127, 0, 0, 1);
const IPV4 = 1;

function backupOf(channel: Channel, { keys, world }: NodeWith<Parts>): Buffer {
  const peer = world.nodes.byNumber(peerOf(channel));
  const features = featureBits(CHANNEL_TYPE.bits);
  const basepoints = ['revocation', 'payment', 'htlc', 'delayed_payment'].map((name) =>
    secp256k1.getPublicKey(
      keys.makeSecret(Buffer.from(`sandbox basepoint ${name} ${channel.key}`)),
      true,
    ),
  );
  const tlvs = Buffer.concat([
    // The sandbox has no commitment transactions, so the peer has revealed no secrets.
    tlv(1, Buffer.concat([u64(0n), u32(0)])),
    tlv(3, Buffer.concat(basepoints)),
    tlv(5, Buffer.of(channel.opener === OURS ? 0 : 1)),
    tlv(7, u16(TO_SELF_DELAY)),
  ]);
  return Buffer.concat([
    u64(channel.key),
    Buffer.from(channelId(channel), 'hex'),
    Buffer.from(peer.id, 'hex'),
    Buffer.of(IPV4),
    LOOPBACK,
    u16(world.connections.port(peer)),
    wire(channel.funding.txid),
    u32(channel.funding.vout),
    u64(channel.capacitySat),
    u16(features.length),
    features,
    u32(tlvs.length),
    tlvs,
  ]);
}

/** Feature bits as bytes, the highest first (BOLT 9). */
function featureBits(bits: readonly number[]): Buffer {
  const bytes = Buffer.alloc(Math.floor(Math.max(...bits) / 8) + 1);
  for (const bit of bits) {
    const at = bytes.length - 1 - Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) | (1 << (bit % 8));
  }
  return bytes;
}
