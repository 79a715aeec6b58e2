import { randomBytes } from 'node:crypto';
import { type Chain, outpointText } from '../world/chain.ts';
import type { WorldNodes } from '../world/nodes.ts';
import type { Payment } from '../world/payment.ts';
import type { PartOutlet } from '../world/payments/outgoing-parts.ts';
import type { Hop } from '../world/routes.ts';
import type { PartStore } from './part-store.ts';
import type { OwnRecord, Part } from './records.ts';

/** Sends our payments to other nodes of the world. */
export class JournalOutlet implements PartOutlet {
  readonly #chain: Chain;
  readonly #nodes: WorldNodes;
  readonly #parts: PartStore;
  readonly #publish: (record: OwnRecord) => void;

  constructor(
    { chain, nodes, parts }: { chain: Chain; nodes: WorldNodes; parts: PartStore },
    publish: (record: OwnRecord) => void,
  ) {
    this.#chain = chain;
    this.#nodes = nodes;
    this.#parts = parts;
    this.#publish = publish;
  }

  send(payment: Payment, route: readonly Hop[], paymentSecret: Buffer | undefined): void {
    const { keysendPreimage } = payment;
    const part: Part = {
      id: randomBytes(16).toString('hex'),
      paymentHash: payment.paymentHash.toString('hex'),
      amountMsat: String(payment.amountMsat),
      totalMsat: String(payment.totalMsat),
      hops: route.map(({ channel, from, to, amountMsat, delay }) => ({
        channel: outpointText(channel.funding),
        from: this.#nodes.idOf(from),
        to: this.#nodes.idOf(to),
        amountMsat: String(amountMsat),
        expiry: this.#chain.height + delay,
      })),
      ...(paymentSecret === undefined ? {} : { paymentSecret: paymentSecret.toString('hex') }),
      ...(keysendPreimage === undefined
        ? {}
        : { keysendPreimage: keysendPreimage.toString('hex') }),
    };
    this.#parts.add(part, payment.index);
    this.#publish({ kind: 'send', part });
  }
}
