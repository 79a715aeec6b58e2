/** A server-sent event. */
export interface ServerEvent {
  /** Defaults to `message`. */
  readonly event: string;
  readonly data: string;
  /** The event's own id. Unlike browsers, an event without an id does not inherit an earlier one. */
  readonly id: string | undefined;
}

/** Well above the size of any notification of a node. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Parses server-sent events from text that arrives in chunks (WHATWG HTML, section 9.2.6). */
export class EventParser {
  /** The stream's last `retry` value: how long to wait before reconnecting, in milliseconds. */
  retryMs: number | undefined;
  /** The last id received, with an event or alone; the value for `Last-Event-ID`. */
  lastId: string | undefined;
  #line: string[] = [];
  /** The last chunk ended with a carriage return, so that a line feed at the start of the next one is skipped. */
  #afterReturn = false;
  #event = '';
  #data: string[] = [];
  #id: string | undefined;
  #characters = 0;

  /**
   * Reads the next chunk and returns the events that it completes.
   *
   * @throws {SyntaxError} if an event exceeds the maximum length
   */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let from = this.#afterReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#keep(text.slice(from, end.index));
      from = ends.lastIndex;
      const line = this.#line.join('');
      this.#line = [];
      const event = this.#take(line);
      if (event !== undefined) events.push(event);
    }
    this.#keep(text.slice(from));
    return events;
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#line.push(piece);
    this.#characters += piece.length;
    if (this.#characters > MAX_CHARACTERS) throw new SyntaxError('an event is too long');
  }

  #take(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    switch (field) {
      case 'event':
        this.#event = value;
        break;
      case 'data':
        this.#data.push(value);
        break;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.retryMs = Number(value);
        break;
      default:
        // A comment (the server's heartbeat) or an unknown field.
        if (this.#data.length === 0) this.#characters = 0;
    }
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    const { length } = this.#data;
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    this.lastId = this.#id ?? this.lastId;
    this.#event = '';
    this.#data = [];
    this.#id = undefined;
    this.#characters = 0;
    return length === 0 ? undefined : event;
  }
}
