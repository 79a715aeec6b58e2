import { get, type IncomingMessage } from 'node:http';

/** An event of a stream of server-sent events. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** A subscriber over server-sent events that resumes where it stopped, at any gateway. */
export class EventReader {
  readonly events: ReceivedEvent[] = [];
  lastId: string | undefined;
  readonly #rune: string;
  readonly #query: string;
  #response: IncomingMessage | undefined;
  #text = '';
  #changed: () => void = () => undefined;

  constructor(rune: string, query = '') {
    this.#rune = rune;
    this.#query = query;
  }

  /** Connects. Resolves with the status when the stream begins. */
  connect(url: string): Promise<number> {
    this.disconnect();
    this.#text = '';
    const headers = { rune: this.#rune, ...(this.lastId && { 'last-event-id': this.lastId }) };
    return new Promise((resolve, reject) => {
      get(`${url}/v1/notifications${this.#query}`, { headers, agent: false }, (response) => {
        this.#response = response;
        response.setEncoding('utf8');
        response.on('data', (piece: string) => this.#read(piece));
        response.on('error', () => undefined);
        response.once('data', () => resolve(response.statusCode ?? 0));
      }).on('error', reject);
    });
  }

  disconnect(): void {
    this.#response?.removeAllListeners('data').destroy();
  }

  /** Resolves when the events satisfy a condition. */
  async until(condition: (events: readonly ReceivedEvent[]) => boolean): Promise<void> {
    while (!condition(this.events)) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  #read(piece: string): void {
    this.#text += piece;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined =>
        new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const [id, event, data] = [field('id'), field('event'), field('data')];
      if (id !== undefined) this.lastId = id;
      if (event !== undefined) this.events.push({ id, event, data: data ?? '' });
    }
    this.#changed();
  }
}

/** The labels of the invoices that a subscriber received, and the other events. */
export function labels({ events }: EventReader): string[] {
  return events.map(({ event, data }) => /"label":"(\w+)"/.exec(data)?.[1] ?? event);
}

/** Whether the event of an invoice with this label has arrived. */
export function last(label: string) {
  return (events: readonly ReceivedEvent[]): boolean =>
    events.some(({ data }) => data.includes(`"label":"${label}"`));
}
