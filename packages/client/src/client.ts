import { openTransport } from '#transport';
import { parseAnswer, orMalformed, readItems, readText } from './body.ts';
import type { CommandResults } from './commands.ts';
import { ClnrestError } from './errors.ts';
import { RequestSender } from './request-sender.ts';
import { type Method, methodsOf } from './methods.ts';
import {
  type ListenOptions,
  type Missed,
  type NotificationEvent,
  subscribe,
} from './notifications/subscribe.ts';
import { Pacer } from './pacing/pacer.ts';
import { commandRequest, type Params, type ApiRequest } from './request.ts';
import { type ClnrestClientOptions, readSettings, type Settings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import { interruptible } from './waiting/interruptible.ts';
import { CallScope } from './waiting/call-scope.ts';

/** Options that can end a call before its response is complete. */
export interface CallOptions {
  /** Aborting closes the call's connection, which cancels a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Timeout in milliseconds: for the whole response with `call` and `callText`, for its headers with `items`
   * and `stream`. Time spent on pacing counts. Defaults to no limit.
   */
  readonly timeoutMs?: number | undefined;
}

const JSON_TYPE = 'application/json';

/**
 * Calls a node's commands over REST and subscribes to its notifications, in Node and in browsers.
 *
 * Every method fails with a {@link ClnrestError}. The client sends each request once. It retries only calls that
 * the node rejected as too soon, and only with `pace`.
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
  readonly #sender: RequestSender;
  readonly #closing = new AbortController();

  /** @throws {ClnrestError} `invalid_request` if an option is invalid */
  constructor(options: ClnrestClientOptions) {
    this.#settings = readSettings(options);
    const { rune, pace } = this.#settings;
    this.#transport = options.transport ?? openTransport(this.#settings);
    const pacer = pace && rune !== undefined ? new Pacer(rune) : undefined;
    this.#sender = new RequestSender(this.#settings, this.#transport, pacer);
  }

  /**
   * Runs a command and resolves with its result. Integers beyond 2^53 are bigints. The client sets no timeout of
   * its own.
   */
  call<M extends keyof CommandResults>(
    method: M,
    params?: Params,
    options?: CallOptions,
  ): Promise<CommandResults[M]>;
  call<T = unknown>(method: string, params?: Params, options?: CallOptions): Promise<T>;
  async call(method: string, params?: Params, options?: CallOptions): Promise<unknown> {
    const request = commandRequest(method, params);
    return parseAnswer(await this.#text(request, options));
  }

  /** Runs a command and resolves with its result as the JSON text received, which is one line. */
  async callText(method: string, params?: Params, options?: CallOptions): Promise<string> {
    const text = await this.#text(commandRequest(method, params), options);
    // Malformed JSON would otherwise go unnoticed.
    orMalformed(() => JSON.parse(text) as unknown);
    return text;
  }

  /**
   * Runs a command whose result is an object with a long list, and yields the list's items as they arrive. It
   * holds one item at a time. While you process an item, backpressure makes the node wait. Leaving the loop
   * closes the connection.
   *
   * @param name the list's key in the result
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
    const request = () => commandRequest(method, params);
    const read = (body: AsyncIterable<Uint8Array>) => readItems<T>(body, name);
    return interruptible((leaving) => this.#parts(request, options, leaving, read));
  }

  /**
   * Runs a command and yields the bytes of its result as they arrive, without a size limit. Leaving the loop
   * closes the connection.
   */
  stream(method: string, params?: Params, options?: CallOptions): AsyncGenerator<Uint8Array, void> {
    const request = () => commandRequest(method, params);
    const read = (body: AsyncIterable<Uint8Array>) => body;
    return interruptible((leaving) => this.#parts(request, options, leaving, read));
  }

  /** Lists the node's commands and their parameters. Requires no rune. */
  async listMethods(options?: CallOptions): Promise<Method[]> {
    const headers = { Accept: JSON_TYPE };
    const path = 'v1/list-methods';
    const request: ApiRequest = {
      method: 'GET',
      path,
      headers,
      body: undefined,
      command: undefined,
    };
    return methodsOf(parseAnswer(await this.#text(request, options)));
  }

  /**
   * Yields the node's notifications until you leave the loop or abort the signal. If the connection breaks, the
   * client reconnects and requests the notifications sent in between. If the server no longer has them, the
   * generator yields a {@link Missed}.
   *
   * The first connection is attempted once, so that a wrong URL fails immediately.
   *
   * @example
   * ```ts no-run
   * for await (const event of client.notifications({ topics: ['invoice_payment'] })) {
   *   if (event.type === 'notification') console.log(event.topic, event.payload);
   *   else console.warn(event.message);
   * }
   * ```
   */
  notifications(options: ListenOptions = {}): AsyncGenerator<NotificationEvent | Missed, void> {
    return interruptible((leaving) => {
      const signals = [options.signal, leaving, this.#closing.signal];
      const { rune } = this.#settings;
      return subscribe({ sender: this.#sender, signals, rune }, options);
    });
  }

  /** Cancels pending calls and closes idle connections. Idle connections don't keep a program running. */
  close(): void {
    this.#closing.abort(new ClnrestError('cancelled', 'The client was closed'));
    this.#transport.close();
  }

  /** Hides the rune, which is a secret. */
  toJSON(): { url: string; rune: string | undefined } {
    const { url, rune } = this.#settings;
    return { url: url.href, rune: rune === undefined ? undefined : '(hidden)' };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { url, rune } = this.toJSON();
    return `ClnrestClient { url: '${url}'${rune === undefined ? '' : `, rune: ${rune}`} }`;
  }

  async #text(request: ApiRequest, options: CallOptions | undefined): Promise<string> {
    const scope = this.#scope(options);
    try {
      const { body } = await this.#sender.send(request, JSON_TYPE, scope);
      return await readText(body, this.#settings.maxAnswerBytes);
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  /** Sends the request and yields what `read` makes of the body, part by part. */
  async *#parts<T>(
    request: () => ApiRequest,
    options: CallOptions | undefined,
    leaving: AbortSignal,
    read: (body: AsyncIterable<Uint8Array>) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    const scope = this.#scope(options, leaving);
    try {
      const { body } = await this.#sender.send(request(), JSON_TYPE, scope);
      scope.clearTimeout();
      for await (const part of read(body)) {
        // Parts that had already arrived when the signal aborted are dropped.
        scope.signal.throwIfAborted();
        yield part;
      }
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  #scope(options: CallOptions = {}, leaving?: AbortSignal): CallScope {
    const { signal, timeoutMs } = options;
    const signals = [signal, leaving, this.#closing.signal];
    return new CallScope({ signals, timeoutMs });
  }
}
