import type { EventIds } from './event-ids.ts';
import type { Message } from './message.ts';

/** Encodes messages as server-sent events, once for all subscribers that receive the same messages. */
export class EventEncoder {
  readonly #ids: EventIds;
  readonly #encoded = new WeakMap<readonly Message[], Buffer>();

  constructor(ids: EventIds) {
    this.#ids = ids;
  }

  /** The line with an event's id. Empty if the event has none. */
  idLine(sequence: number): string {
    const id = this.#ids.idOf(sequence);
    return id === undefined ? '' : `id: ${id}\n`;
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
  #event({ sequence, topic, text, id, isGap }: Message): string {
    // Without an id: a client that disconnects now receives the gap again.
    if (isGap === true) return `event: missed\ndata: ${text}\n\n`;
    const data = text.split(/\r\n|\r|\n/).join('\ndata: ');
    const name = topic.replaceAll(/[\r\n]/g, ' ');
    const idLine = id === undefined ? this.idLine(sequence) : `id: ${id}\n`;
    return `${idLine}event: ${name}\ndata: ${data}\n\n`;
  }
}
