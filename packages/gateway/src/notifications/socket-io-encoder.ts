import type { EventIds } from './event-ids.ts';
import type { Message } from './message.ts';

/** A batch of events as one packet of Engine.IO. */
export interface EncodedBatch {
  /** The data of the packet. */
  readonly data: string;
  /** The options of the packet, for Engine.IO's `write`. */
  readonly options: {
    /** All packets as websocket frames, in one buffer. Engine.IO writes it as it is; polling uses the data. */
    readonly wsPreEncodedFrame: readonly [Buffer];
  };
}

/** The packet type MESSAGE of Engine.IO, which carries Socket.IO's packets. */
const MESSAGE = '4';
/** The packet type EVENT of Socket.IO, in the main namespace. */
const EVENT = '2';
/** The event of a gap, as JSON. */
const GAP_EVENT = '"missed"';
/** The character between the packets of one body of polling. */
const SEPARATOR = '\x1e';

/** The first byte of a frame: final, text. */
const FINAL_TEXT = 0x81;
/** Values of the second byte that announce a length in the next 2 or 8 bytes. The largest value below is a length. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_16 = 0xff_ff;

/**
 * Encodes messages as Socket.IO events, once for all clients that receive the same messages. A client costs one write for
 * each batch, not one for each message. The text of the node is sent unchanged: parsing it would round integers beyond 2^53.
 */
export class SocketIoEncoder {
  readonly #event: string;
  readonly #ids: Pick<EventIds, 'idOf'> | undefined;
  readonly #encoded = new WeakMap<readonly Message[], EncodedBatch>();

  /**
   * @param event - the name of the event
   * @param ids - adds the id of each message as a second argument
   */
  constructor(event: string, ids?: Pick<EventIds, 'idOf'>) {
    this.#event = JSON.stringify(event);
    this.#ids = ids;
  }

  encode(messages: readonly Message[]): EncodedBatch {
    let encoded = this.#encoded.get(messages);
    if (encoded === undefined) {
      const packets = messages.map((message) => this.#packet(message));
      const frames = packets.flatMap((packet) => textFrame(MESSAGE + packet));
      encoded = {
        data: packets.join(SEPARATOR + MESSAGE),
        options: { wsPreEncodedFrame: [Buffer.concat(frames)] },
      };
      this.#encoded.set(messages, encoded);
    }
    return encoded;
  }

  #packet({ sequence, text, id = this.#ids?.idOf(sequence), isGap }: Message): string {
    // Without an id: a client that disconnects now receives the gap again.
    if (isGap === true) return `${EVENT}[${GAP_EVENT},${text}]`;
    const idArgument = this.#ids === undefined || id === undefined ? '' : `,${JSON.stringify(id)}`;
    return `${EVENT}[${this.#event},${text}${idArgument}]`;
  }
}

/** A websocket's text frame as a server sends it: head and payload (RFC 6455, section 5.2). */
function textFrame(text: string): [head: Buffer, payload: Buffer] {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < LENGTH_16) return [Buffer.from([FINAL_TEXT, length]), payload];
  if (length <= MAX_LENGTH_16) {
    const head = Buffer.from([FINAL_TEXT, LENGTH_16, 0, 0]);
    head.writeUInt16BE(length, 2);
    return [head, payload];
  }
  const head = Buffer.alloc(10);
  head.set([FINAL_TEXT, LENGTH_64]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return [head, payload];
}
