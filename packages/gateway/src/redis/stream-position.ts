import { compareStreamIds } from '../notifications/event-ids.ts';
import { gapText, type Received } from '../notifications/message.ts';

/** An entry of a Redis stream: its id and its fields. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

const LOST = 'Redis no longer has them, or never received them';
const UNFED = 'no plugin sent the notifications of the node for a while';

/**
 * The place of a reader in the stream of notifications. Converts entries to messages, and reports a gap where events are
 * missing: the ids of a feeder have consecutive sequence numbers.
 */
export class StreamPosition {
  /** The id of the last entry; undefined at the beginning. */
  #lastId: string | undefined;
  /** The feeder and the sequence number of the last event, or of the one before the first. */
  #feeder: string | undefined;
  #sequence = 0;

  /** The id of the last entry. */
  get lastId(): string {
    return this.#lastId ?? '0-0';
  }

  /** The number of the last entry's feeder. */
  get feeder(): string | undefined {
    return this.#feeder;
  }

  /** Continues after an entry that was not read, with a gap. */
  skipTo(id: string): Received {
    this.#lastId = id;
    this.#feeder = undefined;
    return gap(LOST);
  }

  /** Converts an entry: to a message, and a gap before it if events are missing. Entries that were read are ignored. */
  read({ id, fields }: StreamEntry): readonly Received[] {
    if (this.#lastId !== undefined && compareStreamIds(id, this.#lastId) <= 0) return [];
    const messages =
      fields['start'] === undefined ? this.#event(id, fields) : this.#start(id, fields);
    this.#lastId = id;
    return messages;
  }

  #event(id: string, fields: StreamEntry['fields']): readonly Received[] {
    const [feeder = '', sequence = ''] = id.split('-');
    const isFirst = this.#lastId === undefined;
    const isNext = feeder === this.#feeder && Number(sequence) === this.#sequence + 1;
    this.#feeder = feeder;
    this.#sequence = Number(sequence);
    const { topic = '', payload = '' } = fields;
    const message = { id, topic, text: payload };
    return isFirst || isNext ? [message] : [gap(LOST), message];
  }

  /** The first entry of a feeder. */
  #start(id: string, fields: StreamEntry['fields']): readonly Received[] {
    const isFirst = this.#lastId === undefined;
    const hasAll = fields['previous'] === this.#lastId;
    this.#feeder = id.split('-')[0] ?? '';
    this.#sequence = Number(fields['after']);
    if (isFirst) return [];
    if (!hasAll) return [gap(LOST)];
    return fields['complete'] === '1' ? [] : [gap(UNFED)];
  }
}

function gap(reason: string): Received {
  return { topic: '', text: gapText(reason), isGap: true };
}
