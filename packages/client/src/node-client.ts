import type {
  CallArguments,
  CallParams,
  CallResult,
  CommandName,
  FilteredResult,
  MethodWithResult,
  ResultFilter,
} from '@clnrest/commands';
import type { Amounts, WithAmounts } from './amounts.ts';
import { orMalformed, parseAnswer, readItems, readText } from './body.ts';
import { ClnrestError } from './errors.ts';
import {
  type PaidInvoice,
  paidInvoices,
  type PaidInvoicesOptions,
  type WaitAnyInvoice,
} from './invoices/paid-invoices.ts';
import { waitForInvoice, type WaitInvoice } from './invoices/wait-for-invoice.ts';
import type { ItemOf, ListName } from './items.ts';
import { type CommandCall, commandCall, type Params } from './request.ts';
import type { Body, CallTransport } from './transport/call-transport.ts';
import { CallScope } from './waiting/call-scope.ts';
import { interruptible } from './waiting/interruptible.ts';
import type { RepeatOptions } from './waiting/repeat.ts';

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

/** The parts of a {@link NodeClient}. */
export interface NodeClientParts {
  readonly transport: CallTransport;
  readonly amounts: Amounts;
  /** Maximum size of a result of `call` and `callText` in bytes. */
  readonly maxAnswerBytes: number;
}

/**
 * Calls a node's commands, over any transport. Every method fails with a {@link ClnrestError}.
 *
 * @example
 * ```ts
 * import { type CallTransport, NodeClient } from '@clnrest/client/transport';
 *
 * const transport: CallTransport = {
 *   waitMs: undefined,
 *   send: async ({ method }) => [new TextEncoder().encode(`{"method":"${method}"}`)],
 *   close: () => undefined,
 * };
 * class EchoClient extends NodeClient {}
 * const client = new EchoClient({ transport, amounts: 'mixed', maxAnswerBytes: 1_000 });
 * await client.callText('getinfo') // => '{"method":"getinfo"}'
 * ```
 */
export abstract class NodeClient<A extends Amounts = 'mixed'> {
  readonly #parts: NodeClientParts;
  readonly #closing = new AbortController();

  constructor(parts: NodeClientParts) {
    this.#parts = parts;
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
  ): Promise<WithAmounts<FilteredResult<CallResult<M>, NoInfer<F>>, A>>;
  async call(method: string, params?: Params, options?: CommandOptions): Promise<unknown> {
    const call = commandCall(method, params, options?.filter);
    return this.parse(await this.#text(call, options));
  }

  /** Runs a command and resolves with its result as the JSON text received, which is one line. */
  async callText(method: string, params?: Params, options?: CommandOptions): Promise<string> {
    const text = await this.#text(commandCall(method, params, options?.filter), options);
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
  ): AsyncGenerator<WithAmounts<ItemOf<FilteredResult<CallResult<M>, NoInfer<F>>, Name>, A>, void>;
  items(
    method: string,
    name: string,
    params?: Params,
    options?: CommandOptions,
  ): AsyncGenerator<unknown, void> {
    const call = () => commandCall(method, params, options?.filter);
    const read = (body: Body) => readItems(body, name, this.parse);
    return interruptible((leaving) => this.#pieces(call, options, leaving, read));
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
    const call = () => commandCall(method, params, options?.filter);
    const read = (body: Body) => body as AsyncIterable<Uint8Array>;
    return interruptible((leaving) => this.#pieces(call, options, leaving, read));
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
    const scope = this.scope({ signal: options.signal });
    try {
      const wait: WaitInvoice = (params, each) => this.call('waitinvoice', params, each);
      return (await waitForInvoice(
        wait,
        label,
        options,
        scope.signal,
        this.#parts.transport.waitMs,
      )) as WithAmounts<PaidInvoice, A>;
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  /** Cancels pending calls and closes idle connections. Idle connections don't keep a program running. */
  close(): void {
    this.#closing.abort(new ClnrestError('cancelled', 'The client was closed'));
    this.#parts.transport.close();
  }

  async *#paidInvoices(
    options: PaidInvoicesOptions,
    leaving: AbortSignal,
  ): AsyncGenerator<WithAmounts<PaidInvoice, A>, void> {
    const scope = this.scope({ signal: options.signal }, leaving);
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

  /** Parses the text of a result. @throws {ClnrestError} `malformed_answer` */
  protected readonly parse = (text: string): unknown => parseAnswer(text, this.#parts.amounts);

  /** Aborted when the client is closed. */
  protected get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The lifetime of one call. The caller ends it. */
  protected scope(options: CallOptions = {}, leaving?: AbortSignal): CallScope {
    const { signal, timeoutMs } = options;
    return new CallScope({ signals: [signal, leaving, this.closing], timeoutMs });
  }

  /** Collects what `send` resolves with, as text. */
  protected async collect(
    send: (scope: CallScope) => Promise<Body>,
    options: CallOptions | undefined,
  ): Promise<string> {
    const scope = this.scope(options);
    try {
      return await readText(await send(scope), this.#parts.maxAnswerBytes);
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  #text(call: CommandCall, options: CallOptions | undefined): Promise<string> {
    return this.collect((scope) => this.#parts.transport.send(call, scope), options);
  }

  /** Sends the call and yields what `read` makes of the result, part by part. */
  async *#pieces<T>(
    call: () => CommandCall,
    options: CallOptions | undefined,
    leaving: AbortSignal,
    read: (body: Body) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    const scope = this.scope(options, leaving);
    try {
      const body = await this.#parts.transport.send(call(), scope);
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
}
