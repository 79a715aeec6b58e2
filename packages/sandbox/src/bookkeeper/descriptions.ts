import type { Datastore, DatastoreKey } from '../datastore/datastore.ts';

/** The descriptions of payments and outputs, under the datastore's keys of lightningd's bookkeeper. */
export class Descriptions {
  readonly #datastore: Datastore;

  constructor(datastore: Datastore) {
    this.#datastore = datastore;
  }

  ofPayment(paymentHash: Buffer): string | undefined {
    return this.#read(paymentKey(paymentHash));
  }

  /** @param outpoint - `txid:vout` */
  ofOutput(outpoint: string): string | undefined {
    return this.#read(outputKey(outpoint));
  }

  setPayment(paymentHash: Buffer, text: string): void {
    this.#write(paymentKey(paymentHash), text);
  }

  setOutput(outpoint: string, text: string): void {
    this.#write(outputKey(outpoint), text);
  }

  #read(key: DatastoreKey): string | undefined {
    return this.#datastore.get(key)?.data.toString('utf8');
  }

  #write(key: DatastoreKey, text: string): void {
    const data = Buffer.from(text);
    if (this.#datastore.get(key) === undefined) this.#datastore.create(key, data);
    else this.#datastore.update(key, data);
  }
}

function paymentKey(paymentHash: Buffer): DatastoreKey {
  return ['bookkeeper', 'description', 'payment', paymentHash.toString('hex')];
}

function outputKey(outpoint: string): DatastoreKey {
  return ['bookkeeper', 'description', 'utxo', outpoint];
}
