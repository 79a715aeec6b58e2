import type { BlindedPath, BlindedPayInfo, Tlv } from '@clnrest/runes/bolt12';
import type { JsonObject } from '../json/output.ts';

/** Part of the result of `decode`, and whether it is valid. */
export interface DecodedPart {
  readonly json: JsonObject;
  readonly valid: boolean;
}

/** Parts in their order. All must be valid. */
export function joined(...parts: readonly (DecodedPart | undefined)[]): DecodedPart {
  const present = parts.filter((part) => part !== undefined);
  return {
    json: Object.assign({}, ...present.map(({ json }) => json)) as JsonObject,
    valid: present.every(({ valid }) => valid),
  };
}

/** A part without warnings. */
export function plain(json: JsonObject): DecodedPart {
  return { json, valid: true };
}

/** A warning, which makes the message invalid. */
export function warning(name: string, text: string): DecodedPart {
  return { json: { [`warning_${name}`]: text }, valid: false };
}

export function hexOf(bytes: Uint8Array): string;
export function hexOf(bytes: Uint8Array | undefined): string | undefined;
export function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}

const SCID_PARTS = [40n, 16n, 0n];

/** `105x1x0` of the eight bytes of a channel's id. */
export function scidText(scid: bigint): string {
  const [block = 0n, transaction = 0n, output = 0n] = SCID_PARTS.map((shift) => scid >> shift);
  return `${block}x${transaction & 0xff_ffffn}x${output & 0xffffn}`;
}

function firstNodeJson({ firstNode }: BlindedPath): JsonObject {
  return 'nodeId' in firstNode
    ? { first_node_id: hexOf(firstNode.nodeId) }
    : { first_scid: scidText(firstNode.scid), first_scid_dir: firstNode.side };
}

function payInfoJson(info: BlindedPayInfo): JsonObject {
  return {
    fee_base_msat: info.feeBaseMsat,
    fee_proportional_millionths: info.feeProportionalMillionths,
    cltv_expiry_delta: info.cltvExpiryDelta,
    htlc_minimum_msat: info.htlcMinimumMsat,
    htlc_maximum_msat: info.htlcMaximumMsat,
    features: hexOf(info.features),
  };
}

/** @param infos - of an invoice, one for each path */
export function pathsPart(
  name: string,
  paths: readonly BlindedPath[] | undefined,
  infos?: readonly BlindedPayInfo[],
): DecodedPart | undefined {
  if (paths === undefined) return undefined;
  const list = paths.map((path, index): JsonObject => {
    const info = infos?.[index];
    return {
      ...firstNodeJson(path),
      first_path_key: hexOf(path.firstPathKey),
      payinfo: info && payInfoJson(info),
      path: path.hops.map(({ blindedNodeId, encryptedRecipientData }) => ({
        blinded_node_id: hexOf(blindedNodeId),
        encrypted_recipient_data: hexOf(encryptedRecipientData),
      })),
    };
  });
  return joined(plain({ [name]: list }), pathsProblem(paths, infos));
}

function pathsProblem(
  paths: readonly BlindedPath[],
  infos: readonly BlindedPayInfo[] | undefined,
): DecodedPart | undefined {
  if (infos !== undefined && infos.length !== paths.length) {
    const text = `invoice has ${infos.length} blinded_payinfo but ${paths.length} paths`;
    return warning('invalid_invoice_blindedpay', text);
  }
  const empty = paths.findIndex(({ hops }) => hops.length === 0);
  return empty < 0 ? undefined : warning('empty_blinded_path', `blinded path ${empty} has 0 hops`);
}

/** The records that lightningd does not know. */
export function unknownPart(name: string, unknown: readonly Tlv[]): DecodedPart | undefined {
  if (unknown.length === 0) return undefined;
  const list = unknown.map(({ type, value }) => ({
    type,
    length: value.length,
    value: hexOf(value),
  }));
  return plain({ [name]: list });
}
