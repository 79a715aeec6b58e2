import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeGently } from './close-gently.ts';
import { offersUpgrade } from './gateway-request.ts';

/** What a connection is doing: `receiving` while a request is incomplete and not yet answered. */
export type ConnectionState = 'idle' | 'receiving' | 'responding';

/** A request in progress. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A queued exchange. Malformed input has no request, hence no exchange. */
interface Turn {
  readonly exchange: Exchange | undefined;
  readonly begin: () => void;
}

/** Discarded requests, and bytes of their bodies, after which the connection is destroyed. */
const MAX_DISCARDED = 256;
const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * The exchanges of one connection, one at a time, in the order of their arrival. Everything that
 * node:http reports about a connection passes through here: requests (those with `Expect`, with a
 * declined `Upgrade`, and CONNECT included), malformed input, and deadlines.
 *
 * An exchange begins when those before it are complete, as if the client had sent it then: commands
 * that a client wrote one after the other do not run side by side. After the last exchange, input is
 * discarded.
 */
export class ConnectionQueue {
  readonly #connection: Duplex;
  readonly #maxWaiting: number;
  #current: Exchange | undefined;
  #waiting: Turn[] = [];
  /** No further exchange begins after those in the queue. */
  #isEnding = false;
  /** The last response has been sent. */
  #isClosing = false;
  #discarded = 0;
  #discardedBytes = 0;

  /** @param maxWaiting - requests that can wait while an earlier one is in progress */
  constructor(connection: Duplex, maxWaiting: number) {
    this.#connection = connection;
    this.#maxWaiting = maxWaiting;
    // node:http does not end its half after malformed input.
    connection.once('end', () => {
      if (this.#isEnding && !this.#isClosing) connection.destroy();
    });
  }

  get state(): ConnectionState {
    if (this.#waiting.length > 0) return 'responding';
    if (this.#current === undefined) return 'idle';
    const { request, response } = this.#current;
    if (isComplete(response) && request.complete) return 'idle';
    return response.headersSent || request.complete ? 'responding' : 'receiving';
  }

  /**
   * Adds a request. `begin` runs in its turn; `tooMany` runs instead of it, in its turn, for the first
   * request beyond the limit, which is the last of the connection. A request that offers an upgrade is
   * the last as well: the client can continue in another protocol.
   */
  add(
    request: IncomingMessage,
    response: ServerResponse,
    begin: () => void,
    tooMany: () => void,
  ): void {
    this.#noticeLast();
    if (this.#isEnding) {
      this.#discard(request);
      return;
    }
    const isTooMany = this.#waiting.length >= this.#maxWaiting;
    if (isTooMany || offersUpgrade(request)) {
      this.#isEnding = true;
      response.shouldKeepAlive = false;
    }
    this.#enqueue({ exchange: { request, response }, begin: isTooMany ? tooMany : begin });
  }

  /**
   * Adds the last response of the connection, because its input cannot be parsed any further: `refuse`
   * runs when the exchanges before it are complete. It replaces the response to an incomplete request. If
   * that request already has a response, in part or whole, the connection is destroyed.
   */
  end(refuse: () => void): void {
    if (this.#isClosing) return;
    this.#noticeLast();
    const turn = { exchange: undefined, begin: refuse };
    const last = this.#waiting.at(-1);
    if (last?.exchange?.request.complete === false) {
      last.exchange.request.resume();
      this.#waiting.splice(-1, 1, turn);
    } else if (last === undefined && this.#current?.request.complete === false) {
      if (this.#current.response.headersSent) this.#connection.destroy();
      else refuse();
    } else if (!this.#isEnding) {
      this.#enqueue(turn);
    }
    this.#isEnding = true;
  }

  /** Makes the response to the newest request the last one of the connection, unless its head is sent already. */
  closeAfterLast(): void {
    const exchange = this.#waiting.at(-1)?.exchange ?? this.#current;
    if (exchange?.response.headersSent === false) exchange.response.shouldKeepAlive = false;
  }

  /** Closes the connection after its last response. Further input is discarded. */
  close(): void {
    this.#isEnding = true;
    this.#isClosing = true;
    closeGently(this.#connection);
  }

  /**
   * Notices that the current response is the last: node:http decides so when it writes the head, for
   * example if the client expected 100 Continue and did not get it. It closes the connection later.
   */
  #noticeLast(): void {
    const response = this.#current?.response;
    if (response?.headersSent === true && !response.shouldKeepAlive) this.#isEnding = true;
  }

  #enqueue(turn: Turn): void {
    const current = this.#current;
    if (this.#waiting.length === 0 && (current === undefined || isComplete(current.response))) {
      this.#take(turn);
      return;
    }
    this.#waiting.push(turn);
    if (this.#waiting.length === 1) this.#watch();
  }

  #take({ exchange, begin }: Turn): void {
    this.#current = exchange;
    begin();
  }

  /** Begins the next exchange when the current one ends. Only pipelined requests need this listener. */
  #watch(): void {
    this.#current?.response.once('close', () => {
      const next = this.#waiting.shift();
      if (this.#isClosing || this.#connection.destroyed || next === undefined) {
        this.#waiting = [];
        return;
      }
      this.#take(next);
      if (this.#waiting.length > 0) this.#watch();
    });
  }

  /** Discards the request's input. Unread, it would hide the end that the client sends. */
  #discard(request: IncomingMessage): void {
    request.on('data', (chunk: Buffer) => {
      this.#discardedBytes += chunk.length;
      if (this.#discardedBytes > MAX_DISCARDED_BYTES) this.#connection.destroy();
    });
    this.#discarded++;
    if (this.#discarded > MAX_DISCARDED) this.#connection.destroy();
  }
}

function isComplete(response: ServerResponse): boolean {
  return response.writableFinished || response.destroyed;
}
