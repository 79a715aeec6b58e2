import { randomBytes } from 'node:crypto';
import { withNanoseconds } from '../clock.ts';
import { RawJson } from '@clnrest/json';
import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  bool,
  defaulted,
  developerOnly,
  msat,
  nodeId,
  number,
  optional,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { percent } from '../params/world.ts';
import { hashOf } from '../world/payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { feeLimit, pay } from './pay-invoice.ts';

const FINAL_DELAY = 22;
const HALF_A_PERCENT = 5000n;
const EXEMPT_MSAT = 5000n;

export const keysend = defineCommand({
  name: 'keysend',
  parameters: {
    destination: required(nodeId),
    amount_msat: required(msat),
    label: optional(string),
    maxfeepercent: optional(percent),
    retry_for: defaulted(number, 60),
    maxdelay: defaulted(number, 2016),
    exemptfee: optional(msat),
    extratlvs: optional(anything),
    routehints: optional(anything),
    maxfee: optional(msat),
    dev_use_shadow: developerOnly(optional(bool)),
  },
  validate(values, { node }: CallWith<'identity' | 'world'>) {
    const { destination, extratlvs, routehints, maxfee, maxfeepercent, exemptfee } = values;
    checkHints(extratlvs, routehints);
    if (maxfee !== undefined && (maxfeepercent ?? exemptfee) !== undefined) {
      throw new CommandError(
        ErrorCode.invalidParams,
        'If you specify maxfee, cannot specify maxfeepercent or exemptfee.',
      );
    }
    if (destination !== node.identity.id) return;
    throw new CommandError(
      ErrorCode.invalidParams,
      'We are the destination. Keysend cannot be used to send funds to yourself',
    );
  },
  async run(values, { node, signal }: CallWith<'identity' | 'world'>) {
    if (node.world.nodes.byId(values.destination) === undefined) {
      throw unreachable(values.destination, values.routehints !== undefined);
    }
    const preimage = randomBytes(32);
    const { amount_msat: amountMsat, destination } = values;
    const request = {
      destination,
      paymentHash: hashOf(preimage),
      amountMsat,
      maxFeeMsat:
        values.maxfee ??
        feeLimit(
          amountMsat,
          values.maxfeepercent ?? HALF_A_PERCENT,
          values.exemptfee ?? EXEMPT_MSAT,
        ),
      maxDelay: values.maxdelay,
      finalDelay: FINAL_DELAY,
      label: values.label,
      preimage,
    };
    const payment = await pay(node.world, request, values.retry_for, signal).catch(asOutOfRoutes);
    return {
      destination,
      payment_hash: payment.paymentHash.toString('hex'),
      created_at: RawJson.checked(withNanoseconds(payment.createdAt)),
      parts: payment.parts,
      amount_msat: payment.amountMsat,
      amount_sent_msat: payment.sentMsat,
      payment_preimage: payment.preimage?.toString('hex'),
      status: payment.status,
    };
  },
});

function checkHints(extratlvs: JsonToken | undefined, routehints: JsonToken | undefined): void {
  const invalid = (message: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, message);
  checkExtraTlvs(extratlvs);
  if (routehints === undefined) return;
  if (routehints.type !== 'array') {
    throw invalid(`Routehint array routehints ("${routehints.text}") is not an array`);
  }
  const bad = routehints.items.findIndex((item) => item.type !== 'array');
  if (bad === -1) return;
  const text = routehints.items[bad]?.text ?? '';
  throw invalid(`Routehint routehints[${bad}] ("${text}") is not an array of hop objects`);
}

/** @throws CommandError if the records are not an object */
export function checkExtraTlvs(extratlvs: JsonToken | undefined): void {
  if (extratlvs === undefined || extratlvs.type === 'object') return;
  throw new CommandError(
    ErrorCode.invalidParams,
    `Could not decode the TLV object from extratlvs: "${extratlvs.text}" is not a valid JSON object.`,
  );
}

function unreachable(destination: string, hasHints: boolean): CommandError {
  return hasHints
    ? new CommandError(
        ErrorCode.none,
        `Destination ${destination} is not reachable directly and all routehints were unusable.`,
      )
    : outOfRoutes();
}

function outOfRoutes(): CommandError {
  return new CommandError(
    ErrorCode.payStoppedRetrying,
    'Ran out of routes to try after 1 attempt: see `paystatus`',
  );
}

/** lightningd's keysend does not say why no route remains. */
function asOutOfRoutes(error: unknown): never {
  const isLimit = error instanceof CommandError && error.code === ErrorCode.payTooExpensive;
  throw isLimit ? outOfRoutes() : error;
}
