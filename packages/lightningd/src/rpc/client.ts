import type { Readable } from 'node:stream';
import { parseJson } from '../json/parse.ts';
import type { ClientCallOptions, Params } from './call.ts';
import type { Connection, ReplyReceiver } from './connection.ts';
import { Deadline } from './deadline.ts';
import { onAbort } from './on-abort.ts';
import { parseResult } from './parse-result.ts';
import { Pipeline, type PipelineOptions, type RpcPipeline } from './pipeline.ts';
import { ConnectionPool } from './pool.ts';
import { RequestIds, requestText } from './request.ts';
import { StreamReceiver } from './stream-receiver.ts';
import { TextReceiver, tooLarge } from './text-receiver.ts';

/** How to reach a node. */
export interface RpcClientOptions {
  /** The node's socket, e.g. `/home/me/.lightning/bitcoin/lightning-rpc`. */
  readonly socketPath: string;
  /** Calls that may be in flight at once; one more fails with `overloaded`. 256 by default. */
  readonly maxConnections?: number | undefined;
  /** Connections that are kept open between calls. 32 by default. */
  readonly idleConnections?: number | undefined;
  /** Parses results and the `data` of errors. {@link parseJson} by default, which keeps every integer exact. */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** The first part of the ids we make up, `<idPrefix>:<method>#<number>`. `rpc` by default. */
  readonly idPrefix?: string | undefined;
}

/**
 * A client of one node, over the node's unix socket.
 *
 * Connections are made when they are needed and kept; idle ones do not keep the program running.
 * Nothing is ever sent twice: if a connection breaks while a call is in flight, the call fails with
 * a TransportError `closed`, and whether the node has run the command is for the caller to find out.
 *
 * All calls reject with
 * - an RpcError: the node's own refusal;
 * - a TransportError: no answer that could be read, see its `code`;
 * - an InvalidRequestError: the parameters are no JSON;
 * - the signal's reason, if the call was aborted.
 *
 * @example
 * ```ts no-run
 * import { RpcClient } from '@clnrest/lightningd';
 * const node = new RpcClient({ socketPath: '/home/me/.lightning/bitcoin/lightning-rpc' });
 * const { id } = await node.call<{ id: string }>('getinfo');
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

  /**
   * Runs a command and returns its result, parsed. The type is the caller's word: nothing checks it.
   */
  async call<T = unknown>(
    method: string,
    params?: Params,
    options?: ClientCallOptions,
  ): Promise<T> {
    return parseResult<T>(await this.callText(method, params, options), method, this.#parse);
  }

  /** Runs a command and returns its result as the JSON text that arrived, digit for digit. */
  async callText(method: string, params?: Params, options?: ClientCallOptions): Promise<string> {
    const id = this.#ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    const deadline = new Deadline(method, options);
    try {
      const connection = await this.#pool.acquire(deadline.signal, options);
      const receiver = new TextReceiver(this.#parse, () =>
        connection.abandon(receiver, tooLarge(method)),
      );
      const unwatch = abandonOnAbort(deadline.signal, connection, receiver);
      connection.send(request, id, method, receiver);
      return await receiver.text.finally(unwatch);
    } finally {
      deadline.stop();
    }
  }

  /**
   * Runs a command and returns the raw bytes of its result as they arrive. While the reader is slow
   * the node waits, so a result of hundreds of megabytes passes in constant memory.
   *
   * Resolves once a result has begun; rejects if the reply is an error. `timeoutMs` counts up to
   * there, the signal counts to the end. Destroying the stream closes the call's connection. A
   * stream that nobody reads keeps its connection: read it or destroy it.
   */
  async callStream(
    method: string,
    params?: Params,
    options?: ClientCallOptions,
  ): Promise<Readable> {
    const id = this.#ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    const deadline = new Deadline(method, options);
    let unwatch: (() => void) | undefined;
    try {
      const connection = await this.#pool.acquire(deadline.signal, options);
      const receiver = new StreamReceiver(this.#parse, {
        resume: () => connection.resume(receiver),
        abandon: (error) => connection.abandon(receiver, error),
        finished: () => {
          unwatch?.();
          deadline.stop();
        },
      });
      unwatch = abandonOnAbort(deadline.signal, connection, receiver);
      connection.send(request, id, method, receiver);
      const stream = await receiver.stream;
      deadline.stopClock();
      return stream;
    } catch (error) {
      unwatch?.();
      deadline.stop();
      throw error;
    }
  }

  /**
   * ONE shared connection with many calls in flight, for many small calls: `checkrune` with
   * `batching` on is served some six times faster so. It belongs to this client, which closes it.
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

  /** Closes all connections. Calls in flight, and all later ones, fail with `closed`. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([
      this.#pool.close(),
      ...[...this.#pipelines].map((pipeline) => pipeline.close()),
    ]);
  }
}

/** Closes the connection when the signal aborts. Returns what undoes it. */
function abandonOnAbort(
  signal: AbortSignal | undefined,
  connection: Connection,
  receiver: ReplyReceiver,
): () => void {
  if (signal?.aborted === true) {
    connection.destroy(signal.reason);
    throw signal.reason;
  }
  return onAbort(signal, () => connection.abandon(receiver, signal?.reason));
}
