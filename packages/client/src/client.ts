import { openTransport } from '#transport';
import type {
  CallArguments,
  CallParams,
  CallResult,
  CommandName,
  FilteredResult,
  MethodWithResult,
  ResultFilter,
} from '@clnrest/commands';
import { parseAnswer, orMalformed, readItems, readText } from './body.ts';
import type { Amounts, WithAmounts } from './amounts.ts';
import { ClnrestError } from './errors.ts';
import { RequestSender } from './request-sender.ts';
import { type Method, methodsOf } from './methods.ts';
import {
  type ListenOptions,
  type Missed,
  type NotificationEvent,
  subscribe,
  type Topic,
} from './notifications/subscribe.ts';
import {
  type PaidInvoice,
  paidInvoices,
  type PaidInvoicesOptions,
  type WaitAnyInvoice,
} from './invoices/paid-invoices.ts';
import { waitForInvoice, type WaitInvoice } from './invoices/wait-for-invoice.ts';
import type { ItemOf, ListName } from './items.ts';
import { Pacer } from './pacing/pacer.ts';
import { commandRequest, type Params, type ApiRequest } from './request.ts';
import { type ClnrestClientOptions, readSettings, type Settings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import type { RepeatOptions } from './waiting/repeat.ts';
import { interruptible } from './waiting/interruptible.ts';
import { CallScope } from './waiting/call-scope.ts';

/** Options of a request: they can end it before its response is complete. */
export interface CallOptions {
  /** Aborting closes the call's connection, which cancels a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Timeout in milliseconds: for the whole response with `call` and `callText`, for its headers with `items`
   * and `stream`. Time spent on pacing counts. Defaults to no limit.
   */
  readonly timeoutMs?: number | undefined;
}

/** Options of a command. `Filter` is the type of the filter. */
export interface CommandOptions<Filter = object> extends CallOptions {
  /**
   * The members of the result that the node returns: `{ invoices: [{ label: true }] }`. It leaves out all others, which saves
   * time and bytes, and the result's type has only these. A rune cannot restrict the filter.
   */
  readonly filter?: Filter | undefined;
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
export class ClnrestClient<A extends Amounts = 'mixed'> {
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #sender: RequestSender;
  readonly #closing = new AbortController();

  /** @throws {ClnrestError} `invalid_request` if an option is invalid */
  constructor(options: ClnrestClientOptions<A>) {
    this.#settings = readSettings(options);
    const { rune, pace } = this.#settings;
    this.#transport = options.transport ?? openTransport(this.#settings);
    const pacer = pace && rune !== undefined ? new Pacer(rune) : undefined;
    this.#sender = new RequestSender(this.#settings, this.#transport, pacer);
  }

  /** Runs a command that is not typed, with the result's type as the type argument. */
  call<T = never>(
    method: MethodWithResult<T>,
    params?: Params,
    options?: CommandOptions,
  ): Promise<NoInfer<T>>;
  /**
   * Runs a command and resolves with its result. Integers beyond 2^53 are bigints. The client sets no timeout of
   * its own.
   *
   * Parameters and results of lightningd's commands are typed, and other names do not compile. For a plugin's command, pass the
   * type of the result (`call<unknown>(…)` if you do not know it), or extend the interfaces of `@clnrest/commands`. The client does not validate results.
   *
   * @example
   * ```ts no-run
   * const { bolt11 } = await client.call('invoice', { amount_msat: 10_000n, label: 'a', description: 'one coffee' });
   * const { peers } = await client.call('listpeers', {}, { filter: { peers: [{ id: true, connected: true }] } });
   * const { fee_msat } = await client.call<{ fee_msat: number }>('swap-quote', { amount_msat: 10_000n });
   * ```
   */
  call<
    const M extends CommandName,
    const F extends ResultFilter<CallResult<M>> | undefined = undefined,
  >(
    method: M,
    ...more: CallArguments<M, CommandOptions<F>>
  ): Promise<WithAmounts<FilteredResult<CallResult<M>, F>, A>>;
  async call(method: string, params?: Params, options?: CommandOptions): Promise<unknown> {
    const request = commandRequest(method, params, options?.filter);
    return this.#parse(await this.#text(request, options));
  }

  /** Runs a command and resolves with its result as the JSON text received, which is one line. */
  async callText(method: string, params?: Params, options?: CommandOptions): Promise<string> {
    const text = await this.#text(commandRequest(method, params, options?.filter), options);
    // Malformed JSON would otherwise go unnoticed.
    orMalformed(() => JSON.parse(text) as unknown);
    return text;
  }

  /** Yields the items of a list that is not typed, with the item's type as the type argument. */
  items<T = never>(
    method: MethodWithResult<T>,
    name: string,
    params?: Params,
    options?: CommandOptions,
  ): AsyncGenerator<NoInfer<T>, void>;
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
  items<
    const M extends CommandName,
    const Name extends ListName<CallResult<M>>,
    const F extends ResultFilter<CallResult<M>> | undefined = undefined,
  >(
    method: M,
    name: Name,
    params?: CallParams<M>,
    options?: CommandOptions<F>,
  ): AsyncGenerator<WithAmounts<ItemOf<FilteredResult<CallResult<M>, F>, Name>, A>, void>;
  items(
    method: string,
    name: string,
    params?: Params,
    options?: CommandOptions,
  ): AsyncGenerator<unknown, void> {
    const request = () => commandRequest(method, params, options?.filter);
    const read = (body: AsyncIterable<Uint8Array>) => readItems(body, name, this.#parse);
    return interruptible((leaving) => this.#parts(request, options, leaving, read));
  }

  /**
   * Runs a command and yields the bytes of its result as they arrive, without a size limit. Leaving the loop
   * closes the connection.
   */
  stream(
    method: string,
    params?: Params,
    options?: CommandOptions,
  ): AsyncGenerator<Uint8Array, void> {
    const request = () => commandRequest(method, params, options?.filter);
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
    return methodsOf(this.#parse(await this.#text(request, options)));
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
  notifications<const Name extends string = Topic>(
    options: ListenOptions<Name> = {},
  ): AsyncGenerator<WithAmounts<NotificationEvent<Name>, A> | Missed, void> {
    return interruptible((leaving) => {
      const signals = [options.signal, leaving, this.#closing.signal];
      const { rune } = this.#settings;
      const parts = { sender: this.#sender, signals, rune, parse: this.#parse };
      // The types of payloads are not checked.
      return subscribe(parts, options) as AsyncGenerator<
        WithAmounts<NotificationEvent<Name>, A> | Missed,
        void
      >;
    });
  }

  /**
   * Yields each paid invoice once, in the order of payment, and waits for further ones. To resume after a restart of this
   * program, pass the `pay_index` of the last invoice that you have processed. Failed connections and restarts of the gateway or
   * the node neither skip nor repeat a payment. Requires a rune that allows `waitanyinvoice`.
   *
   * @example
   * ```ts no-run
   * for await (const { label, pay_index } of client.paidInvoices({ after: lastProcessed })) {
   *   // In one transaction, so that a crash cannot lose or repeat it:
   *   await database.deliver(label, pay_index);
   * }
   * ```
   */
  paidInvoices(
    options: PaidInvoicesOptions = {},
  ): AsyncGenerator<WithAmounts<PaidInvoice, A>, void> {
    return interruptible((leaving) => this.#paidInvoices(options, leaving));
  }

  /**
   * Resolves when the invoice is paid. Fails with the node's error if it has expired (`nodeCode` 903), and if no invoice has
   * this label. Failed connections and restarts of the gateway or the node do not end the wait. Requires a rune that allows
   * `waitinvoice`.
   *
   * @example
   * ```ts no-run
   * const { amount_received_msat } = await client.waitForInvoice('coffee');
   * ```
   */
  async waitForInvoice(
    label: string | number,
    options: RepeatOptions = {},
  ): Promise<WithAmounts<PaidInvoice, A>> {
    const scope = this.#scope({ signal: options.signal });
    try {
      const wait: WaitInvoice = (params, each) => this.call('waitinvoice', params, each);
      return (await waitForInvoice(wait, label, options, scope.signal)) as WithAmounts<
        PaidInvoice,
        A
      >;
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
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

  async *#paidInvoices(
    options: PaidInvoicesOptions,
    leaving: AbortSignal,
  ): AsyncGenerator<WithAmounts<PaidInvoice, A>, void> {
    const scope = this.#scope({ signal: options.signal }, leaving);
    const wait: WaitAnyInvoice = (params, each) => this.call('waitanyinvoice', params, each);
    try {
      yield* paidInvoices(wait, options, scope.signal) as AsyncGenerator<
        WithAmounts<PaidInvoice, A>,
        void
      >;
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  readonly #parse = (text: string): unknown => parseAnswer(text, this.#settings.amounts);

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
