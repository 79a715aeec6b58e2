import { openTransport } from '#transport';
import { parseAnswer, reading, readItems, readText } from './body.ts';
import type { CommandResults } from './commands.ts';
import { ClnrestError } from './errors.ts';
import { Exchange } from './exchange.ts';
import { type Method, methodsOf } from './methods.ts';
import {
  listen,
  type ListenOptions,
  type Missed,
  type Notification,
} from './notifications/listen.ts';
import { Pacer } from './pacing/pacer.ts';
import { commandQuery, type Params, type Query } from './request.ts';
import { type ClnrestClientOptions, readSettings, type Settings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import { leavable } from './waiting/leavable.ts';
import { Undertaking } from './waiting/undertaking.ts';

/** What may end a call before its answer does. */
export interface CallOptions {
  /** Aborting closes the call's connection, which ends a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the answer may take, in milliseconds: the whole of it for `call` and `callText`, its beginning
   * for `items` and `stream`. Waiting for the pace counts. No limit by default.
   */
  readonly timeoutMs?: number | undefined;
}

const JSON_TYPE = 'application/json';

/**
 * Calls a node's commands over REST and hears its notifications, in Node and in browsers.
 *
 * Every method fails with a {@link ClnrestError}. A request is sent once; nothing is tried again but what
 * `pace` says.
 *
 * @example
 * ```ts no-run
 * import { ClnrestClient } from '@clnrest/client';
 *
 * const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune, ca });
 * const { id, alias } = await client.call('getinfo');
 * ```
 *
 * @example
 * ```ts
 * import { ClnrestClient } from '@clnrest/client';
 *
 * const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'my secret'.replace(' ', '-') });
 * JSON.stringify(client) // => '{"url":"https://127.0.0.1:3010/","rune":"(hidden)"}'
 * ```
 */
export class ClnrestClient {
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #exchange: Exchange;
  readonly #closing = new AbortController();

  /** @throws {ClnrestError} `invalid_request` where an option can't be used */
  constructor(options: ClnrestClientOptions) {
    this.#settings = readSettings(options);
    const { rune, pace } = this.#settings;
    this.#transport = options.transport ?? openTransport(this.#settings);
    const pacer = pace && rune !== undefined ? new Pacer(rune) : undefined;
    this.#exchange = new Exchange(this.#settings, this.#transport, pacer);
  }

  /**
   * Runs a command; resolves with its result. Integers beyond 2^53 are bigints. A command may take as long as
   * it likes: there is no time limit but yours.
   */
  call<M extends keyof CommandResults>(
    method: M,
    params?: Params,
    options?: CallOptions,
  ): Promise<CommandResults[M]>;
  call<T = unknown>(method: string, params?: Params, options?: CallOptions): Promise<T>;
  async call(method: string, params?: Params, options?: CallOptions): Promise<unknown> {
    const query = commandQuery(method, params);
    return parseAnswer(await this.#text(query, options));
  }

  /** Runs a command; resolves with its result as the JSON text that came, which is one line. */
  async callText(method: string, params?: Params, options?: CallOptions): Promise<string> {
    const text = await this.#text(commandQuery(method, params), options);
    // Nothing else would notice.
    reading(() => JSON.parse(text) as unknown);
    return text;
  }

  /**
   * Runs a command whose result is an object with a long list, and yields the list's items as they
   * arrive: one is held at a time, and while you work on it the node waits. Leaving early closes
   * the connection.
   *
   * @param name the list's name in the result
   *
   * @example
   * ```ts no-run
   * for await (const invoice of client.items('listinvoices', 'invoices')) console.log(invoice);
   * ```
   */
  items<T = unknown>(
    method: string,
    name: string,
    params?: Params,
    options?: CallOptions,
  ): AsyncGenerator<T, void> {
    const query = () => commandQuery(method, params);
    const read = (body: AsyncIterable<Uint8Array>) => readItems<T>(body, name);
    return leavable((leaving) => this.#parts(query, options, leaving, read));
  }

  /**
   * Runs a command and yields the bytes of its result as they arrive, however many there are. Leaving
   * early closes the connection.
   */
  stream(method: string, params?: Params, options?: CallOptions): AsyncGenerator<Uint8Array, void> {
    const query = () => commandQuery(method, params);
    const read = (body: AsyncIterable<Uint8Array>) => body;
    return leavable((leaving) => this.#parts(query, options, leaving, read));
  }

  /** The node's commands and their parameters. No rune is needed. */
  async listMethods(options?: CallOptions): Promise<Method[]> {
    const headers = { Accept: JSON_TYPE };
    const path = 'v1/list-methods';
    const query: Query = { method: 'GET', path, headers, body: undefined, command: undefined };
    return methodsOf(parseAnswer(await this.#text(query, options)));
  }

  /**
   * What the node tells, as it happens, until you leave the loop or abort the signal. A connection that
   * breaks is made again, and what was told meanwhile is asked for; where that is not to be had any
   * more, you get a {@link Missed}.
   *
   * The first connection is not tried twice, so that a wrong URL is told at once.
   *
   * @example
   * ```ts no-run
   * for await (const told of client.notifications({ topics: ['invoice_payment'] })) {
   *   if (told.type === 'notification') console.log(told.topic, told.payload);
   *   else console.warn(told.message);
   * }
   * ```
   */
  notifications(options: ListenOptions = {}): AsyncGenerator<Notification | Missed, void> {
    return leavable((leaving) => {
      const signals = [options.signal, leaving, this.#closing.signal];
      const { rune } = this.#settings;
      return listen({ exchange: this.#exchange, signals, rune }, options);
    });
  }

  /** Cancels what is under way, and lets idle connections go. They keep no program running anyway. */
  close(): void {
    this.#closing.abort(new ClnrestError('cancelled', 'The client was closed'));
    this.#transport.close();
  }

  /** The rune is a secret. */
  toJSON(): { url: string; rune: string | undefined } {
    const { url, rune } = this.#settings;
    return { url: url.href, rune: rune === undefined ? undefined : '(hidden)' };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { url, rune } = this.toJSON();
    return `ClnrestClient { url: '${url}'${rune === undefined ? '' : `, rune: ${rune}`} }`;
  }

  async #text(query: Query, options: CallOptions | undefined): Promise<string> {
    const undertaking = this.#undertake(options);
    try {
      const { body } = await this.#exchange.open(query, JSON_TYPE, undertaking);
      return await readText(body, this.#settings.maxAnswerBytes);
    } catch (error) {
      throw undertaking.failure(error);
    } finally {
      undertaking.end();
    }
  }

  /** Sends the query, and gives what is read of its answer part by part. */
  async *#parts<T>(
    query: () => Query,
    options: CallOptions | undefined,
    leaving: AbortSignal,
    read: (body: AsyncIterable<Uint8Array>) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    const undertaking = this.#undertake(options, leaving);
    try {
      const { body } = await this.#exchange.open(query(), JSON_TYPE, undertaking);
      undertaking.stopClock();
      for await (const part of read(body)) {
        // More may have arrived than was taken when the signal aborted.
        undertaking.signal.throwIfAborted();
        yield part;
      }
    } catch (error) {
      throw undertaking.failure(error);
    } finally {
      undertaking.end();
    }
  }

  #undertake(options: CallOptions = {}, leaving?: AbortSignal): Undertaking {
    const { signal, timeoutMs } = options;
    const signals = [signal, leaving, this.#closing.signal];
    return new Undertaking({ signals, timeoutMs });
  }
}
