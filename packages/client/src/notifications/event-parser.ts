/** An event of a stream. */
export interface ServerEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** Its own id: not, as browsers have it, that of an earlier one. */
  readonly id: string | undefined;
}

/** Nothing that a node tells is nearly as long. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Server-sent events out of text that comes in pieces, cut anywhere (WHATWG HTML, section 9.2.6). */
export class EventParser {
  /** What the stream has said last about how long to wait before coming back, in milliseconds. */
  retryMs: number | undefined;
  /** The id that came last, with an event or alone: behind what one may come back. */
  lastId: string | undefined;
  #line: string[] = [];
  /** The last piece ended with a carriage return: a line feed that follows belongs to it. */
  #afterReturn = false;
  #event = '';
  #data: string[] = [];
  #id: string | undefined;
  #characters = 0;

  /**
   * Takes the next piece; gives the events that it completes.
   *
   * @throws {SyntaxError} where an event has no end
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
    if (this.#characters > MOST_CHARACTERS) throw new SyntaxError('an event has no end');
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
        // A comment, which is how the server shows that it is there, or nothing that we know.
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
