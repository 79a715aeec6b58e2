import { createHash, randomBytes } from 'node:crypto';
import { type JsonToken, member } from '@clnrest/json/tokens';
import type { JsonObject } from '../json/output.ts';
import { callHook, hasResult, type HookNode, hexMember, invalidResponse } from './chain.ts';

/** The bytes of an onion. */
const ONION_BYTES = 1366;

/** An HTLC that arrived in one of our channels. */
export interface IncomingHtlc {
  readonly peerId: string;
  readonly channel: string;
  readonly id: bigint;
  readonly amountMsat: bigint;
  readonly blockheight: number;
  readonly cltvExpiry: number;
  readonly paymentHash: Buffer;
  /** The onion's instructions for this node. */
  readonly onion: {
    readonly forwardMsat: bigint;
    /** The amount of all parts. Default: `forwardMsat`. */
    readonly totalMsat?: bigint;
    readonly cltv: number;
    /** For the last node. */
    readonly secret?: Buffer;
    /** The next channel, for a forward. */
    readonly next?: { readonly scid: string; readonly channelId: string };
  };
}

/** The decision of the plugins about an HTLC. */
export type HtlcDecision =
  | { readonly kind: 'continue'; readonly forwardTo: string | undefined }
  | { readonly kind: 'resolve'; readonly preimage: Buffer }
  /** The failure message in hex; undefined if the plugin made an onion. */
  | { readonly kind: 'fail'; readonly message: string | undefined };

/** The failure `incorrect_or_unknown_payment_details` without its details. */
const UNKNOWN_DETAILS = '400f';

/** The status of an HTLC in lightningd while a plugin decides. */
export function waitingFor(plugin: string): string {
  return `Waiting for the htlc_accepted hook of plugin ${plugin}`;
}

/**
 * Calls the hook `htlc_accepted`. The first plugin that fails or resolves the HTLC ends the chain.
 *
 * @param onCall - called with the name of each plugin before its call
 */
export async function callHtlcAccepted(
  node: HookNode,
  htlc: IncomingHtlc,
  onCall?: (plugin: string) => void,
): Promise<HtlcDecision> {
  const params = hookParams(htlc);
  let forwardTo = htlc.onion.next?.channelId;
  let decision: HtlcDecision | undefined;
  await callHook(node, {
    name: 'htlc_accepted',
    params(plugin) {
      onCall?.(plugin);
      return { ...params, forward_to: forwardTo, htlc: htlcJson(htlc) };
    },
    read(response) {
      const result = member(response, 'result');
      if (result === undefined) {
        const message = `Plugin return value does not contain 'result' key ${response.raw}`;
        return invalidResponse(node, message);
      }
      forwardTo = readForwardTo(node, response) ?? forwardTo;
      logIgnored(node, response);
      if (hasResult(response, 'continue')) return true;
      if (hasResult(response, 'fail')) decision = readFailure(node, response, result);
      else if (hasResult(response, 'resolve')) decision = readResolution(node, response, htlc);
      else {
        const message = 'Plugin responded with an unknown result to the htlc_accepted hook: ';
        return invalidResponse(node, message + result.text);
      }
      return false;
    },
  });
  return decision ?? { kind: 'continue', forwardTo };
}

function readForwardTo(node: HookNode, response: JsonToken): string | undefined {
  const token = member(response, 'forward_to');
  if (token === undefined) return undefined;
  if (/^[0-9a-f]{64}$/i.test(token.text)) return token.text.toLowerCase();
  return invalidResponse(node, `Bad forward_to for htlc_accepted hook: ${token.text}`);
}

/** The sandbox does not decode onions. */
function logIgnored({ log }: HookNode, response: JsonToken): void {
  const ignored = ['payload', 'extra_tlvs', 'invoice_msat'].filter(
    (name) => member(response, name) !== undefined,
  );
  if (ignored.length > 0) {
    log.log('unusual', `the sandbox ignores ${ignored.join(', ')} of the htlc_accepted hook`);
  }
}

function readFailure(node: HookNode, response: JsonToken, result: JsonToken): HtlcDecision {
  const [onion, message] = ['failure_onion', 'failure_message'].map((name) =>
    hexMember(node, response, name, (token) => `Bad ${name} for htlc_accepted hook: ${token.text}`),
  );
  if (onion !== undefined) {
    if (message !== undefined) {
      node.log.log(
        'broken',
        "Both 'failure_onion' and'failure_message' provided. Ignoring 'failure_message'.",
      );
    }
    return { kind: 'fail', message: undefined };
  }
  if (message !== undefined) return { kind: 'fail', message };
  return invalidResponse(
    node,
    `Missing both failure_onion and failure_message for htlc_accepted hook fail: ${result.text}`,
  );
}

function readResolution(
  node: HookNode,
  response: JsonToken,
  { paymentHash }: IncomingHtlc,
): HtlcDecision {
  const key = member(response, 'payment_key');
  if (key === undefined) {
    return invalidResponse(
      node,
      "Plugin did not specify a 'payment_key' in return value to the htlc_accepted hook: resolve",
    );
  }
  if (!/^[0-9a-f]{64}$/i.test(key.text)) {
    return invalidResponse(node, 'Plugin specified an invalid \'payment_key\': "resolve"');
  }
  const preimage = Buffer.from(key.text, 'hex');
  const hash = createHash('sha256').update(preimage).digest();
  if (hash.equals(paymentHash)) return { kind: 'resolve', preimage };
  node.log.log(
    'broken',
    `Plugin returned a preimage (sha256(${key.text}) = ${hash.toString('hex')}) that doesn't match the HTLC hash (${paymentHash.toString('hex')}) it tries to resolve.`,
  );
  return { kind: 'fail', message: UNKNOWN_DETAILS };
}

function hookParams({ peerId, onion }: IncomingHtlc): JsonObject {
  const { forwardMsat, cltv, secret, next, totalMsat = forwardMsat } = onion;
  return {
    peer_id: peerId,
    onion: {
      payload: payloadHex(onion),
      type: 'tlv',
      short_channel_id: next?.scid,
      forward_msat: forwardMsat,
      outgoing_cltv_value: cltv,
      total_msat: secret === undefined ? undefined : totalMsat,
      payment_secret: secret?.toString('hex'),
      next_onion: randomBytes(ONION_BYTES).toString('hex'),
      shared_secret: randomBytes(32).toString('hex'),
    },
  };
}

function htlcJson(htlc: IncomingHtlc): JsonObject {
  return {
    short_channel_id: htlc.channel,
    id: htlc.id,
    amount_msat: htlc.amountMsat,
    cltv_expiry: htlc.cltvExpiry,
    cltv_expiry_relative: htlc.cltvExpiry - htlc.blockheight,
    payment_hash: htlc.paymentHash.toString('hex'),
  };
}

/** The payload of an onion: its length, and records of type, length and value (BOLT 4). */
function payloadHex({
  forwardMsat,
  cltv,
  secret,
  next,
  totalMsat = forwardMsat,
}: IncomingHtlc['onion']): string {
  const records = [
    record(2, shortest(forwardMsat)),
    record(4, shortest(BigInt(cltv))),
    ...(next === undefined ? [] : [record(6, scidHex(next.scid))]),
    ...(secret === undefined ? [] : [record(8, secret.toString('hex') + shortest(totalMsat))]),
  ].join('');
  return byteHex(records.length / 2) + records;
}

function record(type: number, value: string): string {
  return byteHex(type) + byteHex(value.length / 2) + value;
}

function byteHex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** An integer without leading zero bytes. */
function shortest(value: bigint): string {
  if (value === 0n) return '';
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

function scidHex(scid: string): string {
  const [block = 0, transaction = 0, output = 0] = scid.split('x').map(Number);
  return [
    block.toString(16).padStart(6, '0'),
    transaction.toString(16).padStart(6, '0'),
    output.toString(16).padStart(4, '0'),
  ].join('');
}
