import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CaseSocket } from './case-socket.ts';
import { bytesOf, type FuzzCase, type Item, type Values } from './case.ts';
import { ResponseReader } from './response-reader.ts';
import type { Outcome, RunOptions } from './subject.ts';

/** The ports of the gateways, and the values of placeholders. */
export interface Destination {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly values: Values;
}

const CONNECT_MS = 5_000;
/** After this silence, no more bytes are expected. */
const QUIET_MS = 40;
const FIRST_BYTE_MS = 150;
/** A valid request gets its response within this time, even on a busy machine. */
const RESPONSE_MS = 15_000;
/** An item with `after: 'response'` is sent after this time even without the response. */
const STEP_MS = 1_000;
const STAY_MS = 3_000;
/** A connection is closed within a second after its last response; a busy machine needs longer. */
const CLOSED_MS = 3_000;
/** Time to write one case. */
const WRITE_MS = 8_000;
const SID = /"sid":"([\w-]{1,64})"/;

/** Sends a case over a new connection and reads the responses. */
export async function runCase(
  fuzzCase: FuzzCase,
  destination: Destination,
  options: RunOptions = { closeMs: RESPONSE_MS },
): Promise<Outcome> {
  return new CaseRun(fuzzCase, destination, options).run();
}

class CaseRun {
  readonly #case: FuzzCase;
  readonly #options: RunOptions;
  readonly #values: Record<string, string>;
  readonly #socket: CaseSocket;
  readonly #reader: ResponseReader;
  /** The server reads no more bytes. */
  #isStuck = false;
  /** The case was not sent completely in time; its ending is skipped. */
  #isLate = false;
  #violation: string | undefined;

  constructor(fuzzCase: FuzzCase, destination: Destination, options: RunOptions) {
    this.#case = fuzzCase;
    this.#options = options;
    this.#values = { ...destination.values };
    // The TLS port refuses everything that is sent without TLS.
    const isPlain = fuzzCase.protocol === 'plain';
    const known = isPlain ? [] : fuzzCase.items;
    this.#reader = new ResponseReader(known, maxResponses(fuzzCase), isPlain);
    this.#socket = new CaseSocket(open(fuzzCase, destination));
    if (fuzzCase.ending === 'never-read') this.#socket.raw.pause();
    else this.#socket.read((bytes) => this.#read(bytes.toString('latin1')));
  }

  async run(): Promise<Outcome> {
    await this.#connect();
    const socket = this.#socket;
    if (socket.hasConnected && !socket.isClosed) {
      await this.#write();
      if (!socket.isClosed && !this.#isLate) await this.#end();
    }
    await socket.destroy();
    return {
      statuses: this.#reader.statuses,
      violation: this.#reader.violation ?? this.#violation,
      isUnreachable: !socket.hasConnected,
      sent: socket.sent,
      received: this.#reader.bytes,
    };
  }

  #read(text: string): void {
    this.#options.onData?.(text);
    const sid = SID.exec(text)?.[1];
    if (sid !== undefined) this.#values['sid'] = sid;
    this.#reader.read(text);
  }

  async #connect(): Promise<void> {
    const timer = setTimeout(() => void this.#socket.destroy(), CONNECT_MS);
    await this.#socket.connect(this.#case.protocol === 'https' ? 'secureConnect' : 'connect');
    clearTimeout(timer);
  }

  async #write(): Promise<void> {
    const end = performance.now() + WRITE_MS;
    let pending = '';
    const flush = async (): Promise<void> => {
      const text = pending;
      pending = '';
      for (const piece of this.#pieces(text)) {
        this.#isLate ||= performance.now() > end;
        if (this.#socket.isClosed || this.#isStuck || this.#isLate) return;
        await this.#send(piece, end);
        await this.#gap();
      }
    };
    for (const [index, item] of this.#case.items.entries()) {
      if (item.after === 'response') {
        await flush();
        await this.#waitForResponses(index);
      }
      for (const part of bytesOf(item, this.#values)) {
        pending += part;
        // Large cases are written in parts.
        if (pending.length > 512 * 1024) await flush();
        if (this.#isStuck || this.#isLate) return;
      }
      if (this.#socket.isClosed || this.#isStuck || this.#isLate) return;
    }
    await flush();
  }

  async #send(text: string, end: number): Promise<void> {
    // If the client does not read, the server can stop reading as well.
    const isReading = this.#case.ending !== 'never-read';
    const left = isReading ? end - performance.now() : STEP_MS;
    if (!(await this.#socket.write(Buffer.from(text, 'latin1'), left))) this.#isStuck = true;
  }

  async #gap(): Promise<void> {
    const { pieces, gapMs } = this.#case.writes;
    if (gapMs !== undefined) await sleep(gapMs);
    else if (pieces !== 'whole') await new Promise((resolve) => setImmediate(resolve));
  }

  *#pieces(text: string): Generator<string> {
    const { pieces } = this.#case.writes;
    const count = pieces === 'whole' ? 1 : pieces === 'bytes' ? text.length : pieces;
    if (text.length === 0) return;
    // Uneven pieces cut lines and tokens: each is a fraction of the rest.
    let from = 0;
    for (let left = Math.min(count, 8_000); left > 1 && from < text.length; left--) {
      const share = pieces === 'bytes' ? 1 : Math.ceil(((text.length - from) * 0.618) / left);
      yield text.slice(from, from + share);
      from += share;
    }
    if (from < text.length) yield text.slice(from);
  }

  /** Waits for the responses to the items before an index, for at most `STEP_MS`. */
  async #waitForResponses(index: number): Promise<void> {
    const before = this.#case.items.slice(0, index);
    const count = before.filter((item) => item.frames === undefined).length;
    const end = performance.now() + STEP_MS;
    const isThere = (): boolean =>
      this.#reader.frames === undefined
        ? this.#reader.whole >= count
        : this.#reader.frames >= index - count + 1;
    while (!isThere() && !this.#socket.isClosed && performance.now() < end) {
      await this.#socket.nextBytes(end - performance.now());
    }
  }

  async #end(): Promise<void> {
    if (this.#case.halfOpen && this.#case.protocol !== 'https') {
      await this.#readAll();
      if (this.#socket.hasEnded && !this.#socket.isClosed) await this.#checkClosed();
      return;
    }
    switch (this.#case.ending) {
      case 'read':
        await this.#readAll();
        return;
      case 'end':
        await this.#waitForClose();
        return;
      case 'destroy':
        return;
      case 'reset':
        // node:tls can't send RST (Node 20 throws, or crashes on the socket below TLS).
        if (this.#case.protocol !== 'https') this.#socket.raw.resetAndDestroy();
        return;
      case 'idle':
      case 'never-read':
        await this.#socket.closes(STAY_MS);
    }
  }

  get #isOver(): boolean {
    return this.#socket.isClosed || this.#socket.hasEnded;
  }

  /** Reads until all required responses have arrived and the connection is silent. */
  async #readAll(): Promise<void> {
    const { items } = this.#case;
    const required = requiredResponses(this.#case);
    if (required > 0) {
      const end = performance.now() + RESPONSE_MS;
      while (this.#reader.whole < required && !this.#isOver && !this.#mayMissResponses()) {
        const left = end - performance.now();
        if (left <= 0) break;
        await this.#socket.nextBytes(left);
      }
      if (this.#reader.whole < required && !this.#mayMissResponses() && this.#reader.bytes > 0) {
        const why = this.#isOver ? 'closed' : `silent for ${RESPONSE_MS} ms`;
        const statuses = this.#reader.statuses.join(', ');
        this.#violation ??= `${why} after ${this.#reader.whole} of ${required} responses (${statuses})`;
      }
    }
    if (required === items.length) return;
    for (let last = -1; !this.#isOver && this.#reader.bytes !== last;) {
      last = this.#reader.bytes;
      await this.#socket.nextBytes(last === 0 ? FIRST_BYTE_MS : QUIET_MS);
    }
  }

  /** Checks that the server has closed both halves: it must respond to further bytes with RST. */
  async #checkClosed(): Promise<void> {
    await this.#socket.closes(CLOSED_MS);
    for (let tries = 0; tries < 4 && !this.#socket.isClosed; tries++) {
      this.#socket.raw.write('x');
      await this.#socket.closes(CLOSED_MS / 4);
    }
    if (this.#socket.isClosed) return;
    this.#violation ??= `the connection is half open ${2 * CLOSED_MS} ms after the last response`;
  }

  /** Whether responses can be missing: the server is overloaded, or a violation is known. */
  #mayMissResponses(): boolean {
    const { statuses, violation } = this.#reader;
    return violation !== undefined || statuses.some((status) => [408, 429, 503].includes(status));
  }

  /** Sends FIN. The server must then send the remaining responses and close. */
  async #waitForClose(): Promise<void> {
    this.#socket.raw.end();
    const { closeMs } = this.#options;
    const mayStay =
      this.#case.items.some(({ waits }) => waits) || this.#reader.frames !== undefined;
    const hasClosed = await this.#socket.closes(mayStay ? QUIET_MS : closeMs);
    if (!hasClosed && !mayStay && this.#reader.frames === undefined) {
      this.#violation ??= `the connection is open ${closeMs} ms after FIN`;
    }
  }
}

function open({ protocol, halfOpen }: FuzzCase, { httpPort, httpsPort }: Destination): Socket {
  const port = protocol === 'http' ? httpPort : httpsPort;
  const options = { port, host: '127.0.0.1', allowHalfOpen: halfOpen === true };
  if (protocol !== 'https') return connectTcp(options);
  return connectTls({ ...options, rejectUnauthorized: false });
}

/**
 * Returns the number of required responses: one for each valid request before the first item that can end the
 * connection.
 */
function requiredResponses({ items, protocol }: FuzzCase): number {
  if (protocol === 'plain') return 0;
  // The gateway may refuse more pipelined requests than this.
  const max = 16;
  let count = 0;
  for (const item of items) {
    if (item.status === undefined || item.waits || count === max) break;
    // The gateway may refuse a large body and close before it reads it.
    if (item.status.includes(101) || item.status.includes(413)) break;
    count++;
    if (item.last) break;
  }
  // An invalid item can end the connection before earlier responses.
  return items.slice(count).every((item) => item.status !== undefined) ? count : 0;
}

/**
 * Returns the most responses that are possible: one for each request line, and one for malformed input, which ends the
 * connection.
 */
function maxResponses({ items }: FuzzCase): number {
  const lines = items.map((item) => requestLines(item)).reduce((sum, count) => sum + count, 0);
  return lines + (items.every(({ status }) => status !== undefined) ? 0 : 1);
}

function requestLines({ head, body, status }: Item): number {
  if (status !== undefined) return 1;
  const text = [...(head ?? []), ...(body ?? [])].join('\n');
  return Math.max(1, text.split(/HTTP\/|\n\n/).length);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
