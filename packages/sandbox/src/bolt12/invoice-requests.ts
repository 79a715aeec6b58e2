import {
  decodeInvoiceRequest,
  encodeInvoiceRequest,
  invoiceRequestId,
  type InvoiceRequestValues,
} from '@clnrest/runes/bolt12';
import type { WorldContext } from '../world/context.ts';
import { chainOf } from './chain.ts';
import type { Published, PublishedStore } from './published-store.ts';

/** The invoice requests that this node has published, to pay the nodes that send an invoice. */
export class InvoiceRequests {
  readonly #context: WorldContext;
  readonly #store: PublishedStore;

  constructor(context: WorldContext, store: PublishedStore) {
    this.#context = context;
    this.#store = store;
  }

  create(values: InvoiceRequestValues, label: string | undefined, singleUse: boolean): Published {
    const { id: invreqPayerId, sign } = this.#context.keys.schnorr;
    const invreqChain = chainOf(this.#context.network);
    const bolt12 = encodeInvoiceRequest({ ...values, invreqPayerId, invreqChain }, sign);
    const id = Buffer.from(invoiceRequestId(decodeInvoiceRequest(bolt12).tlvs));
    const flags = { active: true, singleUse, used: false, forcePaths: false };
    const request = { id, bolt12, label, ...flags };
    this.#store.add(request);
    return request;
  }

  byId(id: Buffer): Published | undefined {
    return this.#store.byId(id);
  }

  all(): Published[] {
    return this.#store.all();
  }

  disable(request: Published): Published {
    return this.#store.setActive(request, false);
  }

  markUsed(request: Published): Published {
    return this.#store.markUsed(request);
  }
}
