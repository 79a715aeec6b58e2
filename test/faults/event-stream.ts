import { get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

/** A subscriber by server-sent events. Keeps all events as texts. */
export class EventStream {
  readonly response: IncomingMessage;
  readonly events: string[] = [];
  /** The reason for which it ended: a broken connection, or the end of the response. */
  ended: string | undefined;
  #text = '';
  #changed: () => void = () => undefined;

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (piece: string) => this.#read(piece));
    response.on('error', (error) => this.#end(error.message)).on('close', () => this.#end('close'));
  }

  /** Subscribes to topics, if there is an id from where that id left off. */
  static async open(url: string, rune: string, topics: string, id?: string): Promise<EventStream> {
    const headers = { rune, ...(id !== undefined && { 'last-event-id': id }) };
    const request = get(`${url}/v1/notifications?topics=${topics}`, { headers, agent: false });
    onTestFinished(() => void request.destroy());
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return new EventStream(response);
  }

  /** The id of the last event that had one. */
  get lastId(): string | undefined {
    return this.events.map((event) => /^id: (.*)$/m.exec(event)?.[1]).findLast((id) => id);
  }

  /** Resolves with the first event that fits. Rejects if the stream ends before. */
  async event(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.events.find((event) => pattern.test(event));
      if (found !== undefined) return found;
      if (this.ended !== undefined) throw new Error(`no ${pattern} until: ${this.ended}`);
      await this.#change();
    }
  }

  /** Resolves when the stream has ended. */
  async end(): Promise<void> {
    while (this.ended === undefined) await this.#change();
  }

  #read(piece: string): void {
    const events = (this.#text + piece).split('\n\n');
    this.#text = events.pop() ?? '';
    this.events.push(...events);
    this.#changed();
  }

  #end(reason: string): void {
    this.ended ??= reason;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#changed;
      this.#changed = () => {
        before();
        resolve();
      };
    });
  }
}
