import {
  defaulted,
  hash,
  oneOf,
  optional,
  type ParameterValues,
  type Parser,
  string,
  u32,
  u64,
} from '@clnrest/lightningd/parameters';
import type { JsonObject, JsonOutput } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import type { CallWith } from '../node.ts';
import { payJson, paymentJson, type Payment } from '../world/payment.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { readListedInvoice } from './pay-invoice.ts';

const STATUSES = ['pending', 'complete', 'failed'] as const;

const status = oneOf(STATUSES, 'should be an invoice status');
const index = oneOf(['created', 'updated'] as const, 'unknown index');

const parameters = {
  bolt11: optional(string),
  payment_hash: optional(hash),
  status: optional(status),
  index: optional(index),
  start: defaulted(u64, 0n),
  limit: optional(u32),
};

/** lightningd's plugin passes these two values on as strings, so that errors quote them. */
const listpaysParameters = {
  ...parameters,
  status: optional(quoted(status)),
  index: optional(quoted(index)),
};

function quoted<T>(parse: Parser<T>): Parser<T> {
  return ({ text }, name) => parse({ type: 'string', text, raw: quote(text) }, name);
}

type Values = ParameterValues<typeof parameters>;

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** @throws CommandError if a page is requested without an index */
function checkPage({ index, start, limit }: Values): void {
  if (start !== 0n && index === undefined) throw invalid('Can only specify {start} with {index}');
  if (limit !== undefined && index === undefined) {
    throw invalid('Can only specify {limit} with {index}');
  }
}

/** The query of both lists. */
function query(values: Values, world: World) {
  const { bolt11, payment_hash, status, start, limit } = values;
  if (bolt11 !== undefined && payment_hash !== undefined) {
    throw invalid('Can only specify one of {bolt11} or {payment_hash}');
  }
  checkPage(values);
  if ((bolt11 ?? payment_hash) !== undefined && start !== 0n) {
    throw invalid('Cannot use start with bolt11 or payment_hash');
  }
  return {
    paymentHash:
      bolt11 === undefined
        ? payment_hash
        : Buffer.from(readListedInvoice(bolt11, world).invoice.paymentHash, 'hex'),
    start,
    limit,
    matches: (payment: Payment) => status === undefined || payment.status === status,
  };
}

function* written<P extends Payment>(
  payments: Iterable<P>,
  json: (payment: P) => JsonObject,
): Generator<JsonOutput> {
  for (const payment of payments) yield json(payment);
}

/** Lists payments: one entry for each, with its last attempt. */
export const listpays = defineCommand({
  name: 'listpays',
  parameters: listpaysParameters,
  validate(values, { node }: CallWith<'world'>) {
    checkPage(values);
    query(values, node.world);
  },
  run: (values, { node }: CallWith<'world'>) => ({
    pays: written(node.world.paymentStore.pays(query(values, node.world)), payJson),
  }),
});

/** Lists every payment attempt. */
export const listsendpays = defineCommand({
  name: 'listsendpays',
  parameters,
  validate: (values, { node }: CallWith<'world'>) => void query(values, node.world),
  run: (values, { node }: CallWith<'world'>) => ({
    payments: written(node.world.paymentStore.attempts(query(values, node.world)), paymentJson),
  }),
});
