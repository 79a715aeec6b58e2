import { Readable } from 'node:stream';
import type {
  CallArguments,
  CallResult,
  CommandName,
  FilteredResult,
  MethodWithResult,
  ResultFilter,
} from '@clnrest/commands';
import { parseJson } from '@clnrest/json';
import type { ClientCallOptions, Params } from './call.ts';
import type { RpcConnection, ReplyReceiver } from './connection.ts';
import { Deadline } from './deadline.ts';
import { NotSentError } from './errors.ts';
import { onAbort } from '@clnrest/bounds';
import { parseResult } from './parse-result.ts';
import { Pipeline, type PipelineOptions, type RpcPipeline } from './pipeline.ts';
import { ConnectionPool } from './pool.ts';
import { RequestIds, requestText } from './request.ts';
import { StreamReceiver } from './stream-receiver.ts';
import { TextReceiver, tooLarge } from './text-receiver.ts';

/** Options of an {@link RpcClient}. */
export interface RpcClientOptions {
  /** The node's socket, e.g. `/home/me/.lightning/bitcoin/lightning-rpc`. */
  readonly socketPath: string;
  /** The maximum number of calls in flight; one more fails with `overloaded`. 256 by default. */
  readonly maxConnections?: number | undefined;
  /** The maximum number of connections kept open between calls. 32 by default. */
  readonly idleConnections?: number | undefined;
  /** Parses results and the `data` of errors. {@link parseJson} by default, which keeps every integer exact. */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** The first part of generated ids, `<idPrefix>:<method>#<number>`. `rpc` by default. */
  readonly idPrefix?: string | undefined;
}

/**
 * A client of one node, over the node's unix socket.
 *
 * Connections are opened on demand and kept; idle ones do not keep the program running. No request is
 * ever sent twice. If a connection breaks while a call is in flight, the call fails with a
 * TransportError `closed`, and the caller must find out whether the node has run the command.
 *
 * Calls reject with
 * - an RpcError: the node returned an error;
 * - a TransportError: no readable reply arrived, see its `code`;
 * - an InvalidRequestError: the parameters are not valid JSON;
 * - the signal's reason, if the call was aborted.
 *
 * @example
 * ```ts no-run
 * import { RpcClient } from '@clnrest/lightningd';
 * const node = new RpcClient({ socketPath: '/home/me/.lightning/bitcoin/lightning-rpc' });
 * const { id } = await node.call('getinfo');
 * await node.call('invoice', { amount_msat: 10_000n, label: 'coffee', description: 'one coffee' });
 * await node.close();
 * ```
 */
export class RpcClient {
  readonly #options: RpcClientOptions;
  readonly #parse: (text: string) => unknown;
  readonly #pool: ConnectionPool;
  readonly #ids: RequestIds;
  readonly #pipelines = new Set<Pipeline>();
  #closed = false;

  constructor(options: RpcClientOptions) {
    this.#options = options;
    this.#parse = options.parse ?? parseJson;
    this.#ids = new RequestIds(options.idPrefix ?? 'rpc');
    this.#pool = new ConnectionPool({
      socketPath: options.socketPath,
      maxConnections: options.maxConnections ?? 256,
      idleConnections: options.idleConnections ?? 32,
    });
  }

  /** Runs a command that is not typed, with the result's type as the type argument. */
  call<T = never>(
    method: MethodWithResult<T>,
    params?: Params,
    options?: ClientCallOptions,
  ): Promise<NoInfer<T>>;
  /**
   * Runs a command and returns its parsed result: integers beyond ±(2^53 − 1) are bigints, unless
   * {@link RpcClientOptions.parse} is set.
   *
   * Parameters and results of lightningd's commands are typed, and other names do not compile. For a plugin's command, pass the
   * type of the result (`call<unknown>(…)` if you do not know it), or extend the interfaces of `@clnrest/commands`. Results are not checked.
   */
  call<
    const M extends CommandName,
    const F extends ResultFilter<CallResult<M>> | string | undefined = undefined,
  >(
    method: M,
    ...more: CallArguments<M, ClientCallOptions<F>>
  ): Promise<FilteredResult<CallResult<M>, NoInfer<F>>>;
  async call(method: string, params?: Params, options?: ClientCallOptions): Promise<unknown> {
    return parseResult(await this.callText(method, params, options), method, this.#parse);
  }

  /** Runs a command and returns its result as the JSON text that arrived, digit for digit. */
  async callText(method: string, params?: Params, options?: ClientCallOptions): Promise<string> {
    const id = this.#ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    const deadline = new Deadline(method, options);
    try {
      return await this.#onConnection(deadline.signal, options, async (connection) => {
        const receiver = new TextReceiver(this.#parse, () =>
          connection.abort(receiver, tooLarge(method)),
        );
        const unwatch = closeOnAbort(deadline.signal, connection, receiver);
        connection.send(request, id, method, receiver);
        return receiver.text.finally(unwatch);
      });
    } finally {
      deadline.stop();
    }
  }

  /**
   * Runs a command and returns a stream of the raw bytes of its result. A slow reader slows the node
   * down, so a result of hundreds of megabytes passes in constant memory.
   *
   * Resolves when a result starts; rejects if the reply is an error. `timeoutMs` applies until then,
   * the signal until the stream ends. Destroying the stream closes the call's connection. An unread
   * stream occupies its connection: read or destroy it.
   */
  async callStream(
    method: string,
    params?: Params,
    options?: ClientCallOptions,
  ): Promise<Readable> {
    return streamOf(await this.callBytes(method, params, options));
  }

  /**
   * Runs a command and returns the raw bytes of its result: whole, if the reply arrives in one piece, as small ones do;
   * otherwise as a stream like that of {@link callStream}. This costs less than a stream for each result.
   */
  async callBytes(
    method: string,
    params?: Params,
    options?: ClientCallOptions,
  ): Promise<Buffer | Readable> {
    const id = this.#ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    const deadline = new Deadline(method, options);
    let unwatch: (() => void) | undefined;
    let isFinished = false;
    let hasBytes = false;
    try {
      const bytes = await this.#onConnection(deadline.signal, options, (connection) => {
        isFinished = false;
        const receiver = new StreamReceiver(this.#parse, {
          resume: () => connection.resume(receiver),
          abort: (error) => connection.abort(receiver, error),
          finished: () => {
            unwatch?.();
            isFinished = true;
            // Before that, the call can be made again.
            if (hasBytes) deadline.stop();
          },
        });
        unwatch = closeOnAbort(deadline.signal, connection, receiver);
        connection.send(request, id, method, receiver);
        return receiver.bytes;
      });
      hasBytes = true;
      if (isFinished) deadline.stop();
      else deadline.stopTimer();
      return bytes;
    } catch (error) {
      unwatch?.();
      deadline.stop();
      throw error;
    }
  }

  /**
   * Opens one shared connection for many small calls in flight: with `batching`, `checkrune` is some
   * six times faster. The pipeline is closed with this client.
   */
  pipeline(options: PipelineOptions = {}): RpcPipeline {
    const pipeline = new Pipeline({
      ...options,
      socketPath: this.#options.socketPath,
      parse: this.#parse,
      ids: this.#ids,
      closed: this.#closed,
      onClose: () => this.#pipelines.delete(pipeline),
    });
    this.#pipelines.add(pipeline);
    return pipeline;
  }

  /**
   * Makes a call on a connection. If the node had closed a kept connection before the request was written, makes it on
   * another one.
   */
  async #onConnection<T>(
    signal: AbortSignal | undefined,
    options: ClientCallOptions | undefined,
    call: (connection: RpcConnection) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const { connection, isKept } = await this.#pool.acquire(signal, options);
      try {
        return await call(connection);
      } catch (error) {
        if (!isKept || !(error instanceof NotSentError)) throw error;
      }
    }
  }

  /** Closes all connections. Calls in flight and later calls fail with `closed`. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([
      this.#pool.close(),
      ...[...this.#pipelines].map((pipeline) => pipeline.close()),
    ]);
  }
}

/** Returns the bytes as a stream. */
function streamOf(bytes: Buffer | Readable): Readable {
  if (!Buffer.isBuffer(bytes)) return bytes;
  return new Readable({
    read() {
      this.push(bytes);
      this.push(null);
    },
  });
}

/** Closes the connection when the signal aborts. Returns a function that stops watching the signal. */
function closeOnAbort(
  signal: AbortSignal | undefined,
  connection: RpcConnection,
  receiver: ReplyReceiver,
): () => void {
  if (signal?.aborted === true) {
    connection.destroy(signal.reason);
    throw signal.reason;
  }
  return onAbort(signal, () => connection.abort(receiver, signal?.reason));
}
