import { createHash } from 'node:crypto';
import { decodeOffer, encodeOffer, offerId, type OfferValues } from '@clnrest/runes/bolt12';
import type { Invoices } from '../invoices/invoices.ts';
import { inTransaction, type WorldContext } from '../world/context.ts';
import { createBlindedPath } from './blinded-path.ts';
import { chainOf } from './chain.ts';
import type { Published, PublishedStore } from './published-store.ts';

/** How a new offer is published. */
interface OfferOptions {
  readonly label: string | undefined;
  readonly singleUse: boolean;
  readonly forcePaths: boolean;
}

/** The offers of this node. */
export class Offers {
  readonly #context: WorldContext;
  readonly #store: PublishedStore;
  readonly #invoices: Invoices;

  constructor(context: WorldContext, store: PublishedStore, invoices: Invoices) {
    this.#context = context;
    this.#store = store;
    this.#invoices = invoices;
  }

  /**
   * Publishes an offer with the values. An equal one that exists is returned, even if it is inactive.
   *
   * @param paths - the ids of the nodes of blinded paths to us
   */
  create(
    values: OfferValues,
    { label, singleUse, forcePaths }: OfferOptions,
    paths: readonly (readonly string[])[],
  ): { offer: Published; created: boolean } {
    const bolt12 = this.#withPaths(
      {
        ...values,
        offerChains: [chainOf(this.#context.network)],
        offerIssuerId: this.#context.keys.schnorr.id,
      },
      paths,
    );
    const id = Buffer.from(offerId(decodeOffer(bolt12).tlvs));
    const existing = this.#store.byId(id);
    if (existing !== undefined) return { offer: existing, created: false };
    const offer = { id, bolt12, label, active: true, singleUse, used: false, forcePaths };
    this.#store.add(offer);
    return { offer, created: true };
  }

  /** Adds the paths. lightningd derives their secret from the offer without paths. */
  #withPaths(values: OfferValues, paths: readonly (readonly string[])[]): string {
    const bare = encodeOffer(values);
    if (paths.length === 0) return bare;
    const { keys } = this.#context;
    const base = keys.makeSecret(Buffer.from('offer-blinded-path'));
    const id = offerId(decodeOffer(bare).tlvs);
    const pathId = createHash('sha256').update(base).update(id).digest();
    const offerPaths = paths.map((ids) =>
      createBlindedPath(
        ids.map((id, index) => (index === ids.length - 1 ? { id, pathId } : { id })),
      ),
    );
    return encodeOffer({ ...values, offerPaths });
  }

  byId(id: Buffer): Published | undefined {
    return this.#store.byId(id);
  }

  all(): Published[] {
    return this.#store.all();
  }

  /** Disables an active offer, which expires its unpaid invoices. */
  disable(offer: Published): Published {
    return inTransaction(this.#context, () => {
      this.#invoices.expireOffer(offer.id);
      return this.#store.setActive(offer, false);
    });
  }

  enable(offer: Published): Published {
    return this.#store.setActive(offer, true);
  }
}
