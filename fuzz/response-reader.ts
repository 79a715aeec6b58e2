import type { Item } from './case.ts';
import { WebSocketReader } from './web-socket-reader.ts';

/** Statuses that any request can get: timeouts and overload. */
const ALWAYS = new Set([408, 429, 503]);
/** Statuses of the last response on a connection after an unreadable request. */
const UNREAD: ReadonlySet<number> = new Set([400, 408, 413, 431, 503]);
/** The first byte of a TLS alert or handshake record. */
const TLS_RECORDS = new Set(['\x15', '\x16']);
const END = '\r\n\r\n';

type State =
  | 'head'
  | 'length'
  | 'chunk size'
  | 'chunk'
  | 'trailers'
  | 'until close'
  | 'websocket'
  | 'nothing more'
  | 'unsure';

/**
 * Reads the bytes from the server and checks them against the items sent: responses are in order, there are not more
 * of them than requests, no bytes follow the last one, and frames follow only a 101.
 */
export class ResponseReader {
  /** The statuses of all final responses so far. */
  readonly statuses: number[] = [];
  /** Complete responses. */
  whole = 0;
  bytes = 0;
  /** The first violation. */
  violation: string | undefined;
  readonly #items: readonly Item[];
  readonly #maxResponses: number;
  readonly #mayBeTls: boolean;
  readonly #webSocket = new WebSocketReader();
  #state: State = 'head';
  #text = '';
  #left = 0;
  #isClosing = false;

  /**
   * @param maxResponses - the most responses that any reading of the bytes allows
   * @param mayBeTls - whether the server can read the input as TLS and respond with TLS
   */
  constructor(items: readonly Item[], maxResponses: number, mayBeTls = false) {
    this.#mayBeTls = mayBeTls;
    this.#items = items;
    this.#maxResponses = maxResponses;
  }

  /** The number of frames received, or `undefined` if the connection is not a websocket. */
  get frames(): number | undefined {
    return this.#state === 'websocket' ? this.#webSocket.frames : undefined;
  }

  read(text: string): void {
    this.bytes += text.length;
    if (this.violation !== undefined || this.#state === 'unsure') return;
    if (this.#state === 'websocket') {
      this.#readFrames(text);
      return;
    }
    this.#text += text;
    while (this.violation === undefined && this.#step());
  }

  /** Reads one part of a response. Returns false if it needs more bytes. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'length':
        return this.#skip(() => this.#ended());
      case 'chunk':
        return this.#skip(() => (this.#state = 'chunk size'));
      case 'chunk size':
        return this.#readChunkSize();
      case 'trailers':
        return this.#readTrailers();
      case 'until close':
        this.#text = '';
        return false;
      case 'nothing more':
        if (this.#text !== '') this.#fail('bytes after the last response', this.#text);
        return false;
      default:
        return false;
    }
  }

  #readHead(): boolean {
    if (this.#mayBeTls && TLS_RECORDS.has(this.#text.slice(0, 1))) {
      this.#state = 'unsure';
      return false;
    }
    const end = this.#text.indexOf(END);
    if (!'HTTP/1.1 '.startsWith(this.#text.slice(0, 9))) {
      this.#fail('invalid HTTP response', this.#text);
      return false;
    }
    if (end < 0) return false;
    const head = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + END.length);
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(head)?.[1]);
    if (Number.isNaN(status)) this.#fail('a status line is malformed', head);
    else if (status === 100 || status === 102 || status === 103) return true;
    else this.#begin(status, head);
    return true;
  }

  #begin(status: number, head: string): void {
    const item = this.#itemOf(this.statuses.length);
    this.statuses.push(status);
    if (this.statuses.length > this.#maxResponses) {
      this.#fail(`${this.statuses.length} responses to ${this.#maxResponses} requests`, head);
      return;
    }
    if (item?.status?.includes(status) === false && !ALWAYS.has(status)) {
      const [line = ''] = item.head ?? [];
      // The body, if it has arrived, contains the reason.
      const statusLine = head.slice(0, head.indexOf('\r\n'));
      this.#fail(
        `response ${this.statuses.length} (to ${line.slice(0, 60)})`,
        `${statusLine} … ${this.#text}`,
      );
      return;
    }
    this.#isClosing = /^connection:.*\bclose\b/im.test(head);
    if (status === 101) {
      this.#state = 'websocket';
      const rest = this.#text;
      this.#text = '';
      this.#readFrames(rest);
      return;
    }
    const length = /^content-length: *([0-9]+) *$/im.exec(head)?.[1];
    const isChunked = /^transfer-encoding: *chunked *$/im.test(head);
    if (length !== undefined && isChunked) this.#fail('a response has two lengths', head);
    else if (status === 204 || status === 304) this.#ended();
    else if (item === undefined && !isChunked && length === undefined) this.#state = 'unsure';
    else if (item === undefined && this.#mayBeHead()) this.#state = 'unsure';
    else if (item?.head?.[0]?.startsWith('HEAD ') === true) this.#afterHead(status);
    else if (isChunked) this.#state = 'chunk size';
    else if (length === undefined) this.#state = 'until close';
    else {
      this.#left = Number(length);
      this.#state = 'length';
    }
  }

  /** Returns the request of a response, or `undefined` if that is ambiguous. */
  #itemOf(index: number): Item | undefined {
    const before = this.#items.slice(0, index + 1);
    return before.every((item) => item.status !== undefined) ? this.#items[index] : undefined;
  }

  /** The refusal of an unreadable request has a body: the server does not know that the method was HEAD. */
  #afterHead(status: number): void {
    if (this.#isClosing && UNREAD.has(status)) this.#state = 'unsure';
    else this.#ended();
  }

  /** A response to HEAD has no body, whatever length its head declares. */
  #mayBeHead(): boolean {
    return this.#items.some(({ head, body }) =>
      [...(head ?? []), ...(body ?? [])].some((text) => text.includes('HEAD')),
    );
  }

  #skip(then: () => void): boolean {
    const taken = Math.min(this.#left, this.#text.length);
    this.#left -= taken;
    this.#text = this.#text.slice(taken);
    if (this.#left > 0) return false;
    then();
    return true;
  }

  #readChunkSize(): boolean {
    const end = this.#text.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#text.slice(0, end);
    if (!/^[0-9a-f]+$/i.test(line)) {
      this.#fail('a chunk is malformed', this.#text);
      return false;
    }
    this.#text = this.#text.slice(end + 2);
    const size = Number.parseInt(line, 16);
    this.#left = size + 2;
    this.#state = size === 0 ? 'trailers' : 'chunk';
    return true;
  }

  #readTrailers(): boolean {
    if (this.#text.length < 2) return false;
    if (!this.#text.startsWith('\r\n')) {
      this.#fail('a chunked response does not end', this.#text);
      return false;
    }
    this.#text = this.#text.slice(2);
    this.#ended();
    return true;
  }

  #ended(): void {
    this.whole++;
    this.#state = this.#isClosing ? 'nothing more' : 'head';
  }

  #readFrames(text: string): void {
    const problem = this.#webSocket.read(text);
    if (problem !== undefined) this.#fail(problem, text);
  }

  #fail(what: string, text: string): void {
    const after = this.statuses.length === 0 ? '' : ` (statuses ${this.statuses.join(', ')})`;
    this.violation ??= `${what}${after}: ${JSON.stringify(text.slice(0, 300))}`;
  }
}
