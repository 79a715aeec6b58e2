import type { Bolt11Invoice } from '@clnrest/runes/bolt11';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m, createBase58check } from '@scure/base';
import type { JsonObject } from '../json/output.ts';
import { NETWORK_ADDRESSES, type AddressFormat } from '../options/network.ts';

type Fallback = Bolt11Invoice['fallbacks'][number];

const base58check = createBase58check(sha256);

/** An invoice in the format of `decode`. */
export function bolt11Json(invoice: Bolt11Invoice): JsonObject {
  return {
    currency: invoice.currency,
    created_at: invoice.createdAt,
    expiry: invoice.expiry,
    payee: invoice.payee,
    amount_msat: invoice.amountMsat,
    description: invoice.description,
    description_hash: invoice.descriptionHash,
    min_final_cltv_expiry: invoice.minFinalCltvExpiry,
    payment_secret: invoice.paymentSecret,
    features: invoice.features === '' ? undefined : invoice.features,
    payment_metadata: invoice.metadata,
    fallbacks: ifNotEmpty(
      invoice.fallbacks.map((fallback) => fallbackJson(fallback, invoice.currency)),
    ),
    routes: ifNotEmpty(
      invoice.routes.map((route) =>
        route.map((hop) => ({
          pubkey: hop.pubkey,
          short_channel_id: hop.shortChannelId,
          fee_base_msat: hop.feeBaseMsat,
          fee_proportional_millionths: hop.feeProportionalMillionths,
          cltv_expiry_delta: hop.cltvExpiryDelta,
        })),
      ),
    ),
    extra: ifNotEmpty(invoice.extra.map(({ tag, data }) => ({ tag, data }))),
    payment_hash: invoice.paymentHash,
    signature: derHex(invoice.signature),
  };
}

function ifNotEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function fallbackJson({ version, program }: Fallback, currency: string): JsonObject {
  const bytes = Buffer.from(program, 'hex');
  const format = NETWORK_ADDRESSES.get(currency);
  const address = format === undefined ? undefined : addressText(version, bytes, format);
  return {
    type: fallbackType(version, bytes.length),
    addr: address,
    hex: scriptOf(version, bytes).toString('hex'),
  };
}

function fallbackType(version: number, length: number): string | undefined {
  if (version === 17) return 'P2PKH';
  if (version === 18) return 'P2SH';
  if (version === 0) return length === 20 ? 'P2WPKH' : 'P2WSH';
  return version === 1 && length === 32 ? 'P2TR' : undefined;
}

function addressText(version: number, program: Buffer, format: AddressFormat): string {
  if (version === 17)
    return base58check.encode(Buffer.concat([Buffer.of(format.p2pkhVersion), program]));
  if (version === 18)
    return base58check.encode(Buffer.concat([Buffer.of(format.p2shVersion), program]));
  // BIP 350: version 0 is written as bech32, later versions as bech32m.
  const code = version === 0 ? bech32 : bech32m;
  return code.encode(format.addressPrefix, [version, ...code.toWords(program)]);
}

/** The output script of an address. */
function scriptOf(version: number, program: Buffer): Buffer {
  const push = Buffer.concat([Buffer.of(program.length), program]);
  // P2PKH is DUP HASH160 … EQUALVERIFY CHECKSIG, P2SH is HASH160 … EQUAL, and segwit is OP_0 to OP_16 and a push.
  if (version === 17) return Buffer.concat([Buffer.of(0x76, 0xa9), push, Buffer.of(0x88, 0xac)]);
  if (version === 18) return Buffer.concat([Buffer.of(0xa9), push, Buffer.of(0x87)]);
  return Buffer.concat([Buffer.of(version === 0 ? 0 : 0x50 + version), push]);
}

/** A compact signature in DER, the format in which lightningd returns it. */
function derHex(compact: string): string {
  const integer = (hex: string): Buffer => {
    const bytes = Buffer.from(hex.replace(/^(?:00)+(?=..)/, ''), 'hex');
    const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
  };
  const body = Buffer.concat([integer(compact.slice(0, 64)), integer(compact.slice(64))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]).toString('hex');
}
