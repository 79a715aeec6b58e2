import type { Message } from './message.ts';

/** Encodes messages as server-sent events, once for all subscribers that receive the same messages. */
export class EventEncoder {
  readonly #epoch: string;
  readonly #encoded = new WeakMap<readonly Message[], Buffer>();

  /** @param epoch - the part of an event's id before the sequence number */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  /** The line with an event's id. */
  idLine(sequence: number): string {
    return `id: ${this.#epoch}-${sequence}\n`;
  }

  encode(messages: readonly Message[]): Buffer {
    let encoded = this.#encoded.get(messages);
    if (encoded === undefined) {
      encoded = Buffer.from(messages.map((message) => this.#event(message)).join(''));
      this.#encoded.set(messages, encoded);
    }
    return encoded;
  }

  /** Splits the data at line ends. JSON has them only between tokens, so the client's JSON is equivalent. */
  #event({ sequence, topic, text }: Message): string {
    const data = text.split(/\r\n|\r|\n/).join('\ndata: ');
    const name = topic.replaceAll(/[\r\n]/g, ' ');
    return `${this.idLine(sequence)}event: ${name}\ndata: ${data}\n\n`;
  }
}
