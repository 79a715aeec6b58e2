import type { Item } from './case.ts';
import { WebSocketReader } from './web-socket-reader.ts';

/** Statuses that may answer anything: so much at once, or too slow. */
const ALWAYS = new Set([408, 429, 503]);
/** Statuses of a connection's last response if a request could not be read. */
const UNREAD: ReadonlySet<number> = new Set([400, 408, 413, 431, 503]);
/** The beginning of a handshake message or of an alert. */
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
 * Reads what comes back on a connection and judges it against what was sent: each response in its turn, no more
 * of them than requests, nothing after the last, frames only once it is a websocket.
 */
export class ResponseReader {
  /** The statuses of all final responses so far. */
  readonly statuses: number[] = [];
  /** Responses that have come as a whole. */
  whole = 0;
  bytes = 0;
  /** What is wrong, once something is. */
  violation: string | undefined;
  readonly #items: readonly Item[];
  readonly #mostResponses: number;
  readonly #mayBeTls: boolean;
  readonly #webSocket = new WebSocketReader();
  #state: State = 'head';
  #text = '';
  #left = 0;
  #isClosing = false;

  /**
   * @param mostResponses how many responses there can be at most, in whatever way the bytes are read
   * @param mayBeTls whether the server may take what it gets for TLS, and answer by TLS
   */
  constructor(items: readonly Item[], mostResponses: number, mayBeTls = false) {
    this.#mayBeTls = mayBeTls;
    this.#items = items;
    this.#mostResponses = mostResponses;
  }

  /** Whether the connection has become a websocket, and how many frames have come since. */
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

  /** One part of a response; false where more bytes are needed. */
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
        if (this.#text !== '') this.#wrong('bytes after the last response', this.#text);
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
      this.#wrong('what should be a response is none', this.#text);
      return false;
    }
    if (end < 0) return false;
    const head = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + END.length);
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(head)?.[1]);
    if (Number.isNaN(status)) this.#wrong('a status line is malformed', head);
    else if (status === 100 || status === 102 || status === 103) return true;
    else this.#begin(status, head);
    return true;
  }

  #begin(status: number, head: string): void {
    const item = this.#itemOf(this.statuses.length);
    this.statuses.push(status);
    if (this.statuses.length > this.#mostResponses) {
      this.#wrong(`${this.statuses.length} responses to ${this.#mostResponses} requests`, head);
      return;
    }
    if (item?.status?.includes(status) === false && !ALWAYS.has(status)) {
      const [line = ''] = item.head ?? [];
      // The body says why, if it has come.
      const statusLine = head.slice(0, head.indexOf('\r\n'));
      this.#wrong(
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
    if (length !== undefined && isChunked) this.#wrong('a response has two lengths', head);
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

  /** The request that is answered next; `undefined` where that can't be known. */
  #itemOf(index: number): Item | undefined {
    const before = this.#items.slice(0, index + 1);
    return before.every((item) => item.status !== undefined) ? this.#items[index] : undefined;
  }

  /** A refusal of what could not be read has a body: the server does not know that it was HEAD. */
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
      this.#wrong('a chunk is malformed', this.#text);
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
      this.#wrong('a chunked response does not end', this.#text);
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
    if (problem !== undefined) this.#wrong(problem, text);
  }

  #wrong(what: string, text: string): void {
    const after = this.statuses.length === 0 ? '' : ` (statuses ${this.statuses.join(', ')})`;
    this.violation ??= `${what}${after}: ${JSON.stringify(text.slice(0, 300))}`;
  }
}
