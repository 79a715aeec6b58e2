import { randomBytes } from 'node:crypto';
import {
  bool,
  defaulted,
  escapedString,
  hash,
  msat,
  optional,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import type { Published } from '../bolt12/published-store.ts';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const METADATA_BYTES = 16;

/** An invoice request in the format of all commands. */
function requestJson(request: Published): JsonObject {
  return {
    invreq_id: request.id.toString('hex'),
    active: request.active,
    single_use: request.singleUse,
    bolt12: request.bolt12,
    used: request.used,
    label: request.label,
  };
}

/** Publishes an invoice request: the node pays an invoice that it gets for the request. */
export const invoicerequest = defineCommand({
  name: 'invoicerequest',
  parameters: {
    amount: required(msat),
    description: optional(escapedString),
    issuer: optional(escapedString),
    label: optional(escapedString),
    absolute_expiry: optional(u64),
    single_use: defaulted(bool, true),
  },
  run(values, { node }: CallWith<'invoiceRequests'>) {
    const request = {
      invreqMetadata: randomBytes(METADATA_BYTES),
      invreqAmount: values.amount,
      offerDescription: values.description,
      offerIssuer: values.issuer,
      offerAbsoluteExpiry: values.absolute_expiry,
    };
    const { label, single_use: singleUse } = values;
    return { ...requestJson(node.invoiceRequests.create(request, label, singleUse)) };
  },
});

export const listinvoicerequests = defineCommand({
  name: 'listinvoicerequests',
  parameters: { invreq_id: optional(hash), active_only: defaulted(bool, false) },
  run({ invreq_id: id, active_only: activeOnly }, { node }: CallWith<'invoiceRequests'>) {
    const { invoiceRequests } = node;
    const found = id === undefined ? invoiceRequests.all() : [invoiceRequests.byId(id)];
    const requests = found.filter((request) => request !== undefined);
    return {
      invoicerequests: requests.filter(({ active }) => active || !activeOnly).map(requestJson),
    };
  },
});

export const disableinvoicerequest = defineCommand({
  name: 'disableinvoicerequest',
  parameters: { invreq_id: required(hash) },
  validate: ({ invreq_id: id }, { node }: CallWith<'invoiceRequests'>) =>
    void activeRequest(id, node),
  run: ({ invreq_id: id }, { node }: CallWith<'invoiceRequests'>) => ({
    ...requestJson(node.invoiceRequests.disable(activeRequest(id, node))),
  }),
});

function activeRequest(id: Buffer, { invoiceRequests }: NodeWith<'invoiceRequests'>): Published {
  const request = invoiceRequests.byId(id);
  if (request === undefined) throw new CommandError(ErrorCode.general, 'Unknown invoice_request');
  if (request.active) return request;
  throw new CommandError(ErrorCode.offerAlreadyDisabled, 'invoice_request is not active');
}
