import { constants } from 'node:buffer';
import type {
  CallArguments,
  CallResult,
  CommandName,
  FilteredResult,
  MethodWithResult,
  ResultFilter,
} from '@clnrest/commands';
import type { CallOptions, Params } from './call.ts';
import { connectSocket } from './connect.ts';
import { startTimer, timedOut } from './deadline.ts';
import { InvalidRequestError, TransportError } from './errors.ts';
import { afterPendingIo } from './after-pending-io.ts';
import { nodeError } from './node-error.ts';
import { onAbort } from '@clnrest/bounds';
import { parseResult } from './parse-result.ts';
import { PipelineConnection, type PipelinedCall } from './pipeline-connection.ts';
import { closedError } from './pool.ts';
import { type RequestIds, requestText } from './request.ts';

/** Options of a pipeline. */
export interface PipelineOptions {
  /**
   * Sends `batching {"enable":true}` first on every connection: commands that arrive together then share
   * one database commit. A crash of the node can lose uncommitted changes, so use it for `checkrune` and
   * never for a command whose effect must last. Ignored if the node does not know `batching`.
   */
  readonly batching?: boolean | undefined;
  /** The maximum number of calls in flight; one more fails with `overloaded`. 4096 by default. */
  readonly maxInFlight?: number | undefined;
  /**
   * Bytes of one result, by default as many as a string can have. A longer result closes the connection, and
   * the calls in flight on it fail with `too_large`: their replies would have to wait for its end.
   */
  readonly maxResultBytes?: number | undefined;
}

/**
 * One shared connection with many calls in flight. Replies are matched by id, in any order. Requests
 * made within one turn of the event loop are written together.
 *
 * A lost connection rejects the calls in flight with a TransportError `closed`; the next call connects
 * again. If a call is aborted or times out, the node continues to run it and its reply is discarded, so
 * that other calls are not affected. Use a pipeline for commands that return quickly.
 *
 * `call` and `callText` behave and fail like those of the RpcClient.
 */
export interface RpcPipeline {
  call<T = never>(
    method: MethodWithResult<T>,
    params?: Params,
    options?: CallOptions,
  ): Promise<NoInfer<T>>;
  call<
    const M extends CommandName,
    const F extends ResultFilter<CallResult<M>> | string | undefined = undefined,
  >(
    method: M,
    ...more: CallArguments<M, CallOptions<F>>
  ): Promise<FilteredResult<CallResult<M>, NoInfer<F>>>;
  callText(method: string, params?: Params, options?: CallOptions): Promise<string>;
  /** Closes the connection. Calls in flight and later calls fail with `closed`. */
  close(): Promise<void>;
}

interface PipelineSettings extends PipelineOptions {
  readonly socketPath: string;
  readonly parse: (text: string) => unknown;
  readonly ids: RequestIds;
  readonly closed: boolean;
  readonly onClose: () => void;
}

export class Pipeline implements RpcPipeline {
  readonly #settings: PipelineSettings;
  readonly #maxInFlight: number;
  /** Calls that are not yet written. */
  readonly #queue = new Map<string, PipelinedCall>();
  readonly #connections = new Set<PipelineConnection>();
  /** The connection for new calls. */
  #current: PipelineConnection | undefined;
  #flushing: Promise<void> | undefined;
  #closed: boolean;

  constructor(settings: PipelineSettings) {
    this.#settings = settings;
    this.#maxInFlight = settings.maxInFlight ?? 4096;
    this.#closed = settings.closed;
  }

  call<T = never>(
    method: MethodWithResult<T>,
    params?: Params,
    options?: CallOptions,
  ): Promise<NoInfer<T>>;
  call<
    const M extends CommandName,
    const F extends ResultFilter<CallResult<M>> | string | undefined = undefined,
  >(
    method: M,
    ...more: CallArguments<M, CallOptions<F>>
  ): Promise<FilteredResult<CallResult<M>, NoInfer<F>>>;
  async call(method: string, params?: Params, options?: CallOptions): Promise<unknown> {
    const text = await this.callText(method, params, options);
    return parseResult(text, method, this.#settings.parse);
  }

  async callText(method: string, params?: Params, options?: CallOptions): Promise<string> {
    const id = this.#settings.ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    if (this.#closed) throw closedError();
    options?.signal?.throwIfAborted();
    if (this.#queue.size + (this.#current?.inFlight ?? 0) >= this.#maxInFlight) {
      throw new TransportError('overloaded', `${this.#maxInFlight} calls are already in flight`);
    }
    if (this.#queue.has(id) || this.#current?.has(id) === true) {
      throw new InvalidRequestError('another call in flight has this id');
    }
    return this.#enqueue({ id, method, request }, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#settings.onClose();
    this.#failQueue(closedError());
    for (const connection of this.#connections) connection.destroy(closedError());
    await this.#flushing;
  }

  #enqueue(
    call: Pick<PipelinedCall, 'id' | 'method' | 'request'>,
    { signal, timeoutMs }: CallOptions = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const abandon = (reason: unknown): void => {
        settle();
        this.#discard(call.id);
        reject(reason);
      };
      const unwatch = onAbort(signal, () => abandon(signal?.reason));
      const timer = startTimer(timeoutMs, () => abandon(timedOut(call.method, timeoutMs)));
      const settle = (): void => {
        unwatch();
        clearTimeout(timer);
      };
      this.#queue.set(call.id, {
        ...call,
        replied: (reply) => {
          settle();
          if ('resultText' in reply) resolve(reply.resultText);
          else reject(nodeError(reply.errorText, this.#settings.parse));
        },
        failed: (error) => {
          settle();
          reject(error);
        },
      });
      this.#flushing ??= this.#flush();
    });
  }

  /** Writes queued calls until the queue is empty. Never rejects: errors reject the calls. */
  async #flush(): Promise<void> {
    while (this.#queue.size > 0) {
      // This also collects other calls of the same turn.
      await afterPendingIo();
      if (this.#queue.size === 0) break;
      try {
        const connection = this.#current?.alive === true ? this.#current : await this.#connect();
        const calls = [...this.#queue.values()];
        this.#queue.clear();
        if (calls.length > 0) connection.write(calls);
      } catch (error) {
        this.#failQueue(error);
      }
    }
    this.#flushing = undefined;
  }

  async #connect(): Promise<PipelineConnection> {
    const socket = await connectSocket(this.#settings.socketPath);
    if (this.#closed) {
      socket.destroy();
      throw closedError();
    }
    const { maxResultBytes = constants.MAX_STRING_LENGTH } = this.#settings;
    const connection = new PipelineConnection(socket, maxResultBytes, (closed) => {
      this.#connections.delete(closed);
      if (this.#current === closed) this.#current = undefined;
    });
    this.#connections.add(connection);
    this.#current = connection;
    if (this.#settings.batching === true) connection.write([this.#enableBatching()]);
    return connection;
  }

  #enableBatching(): PipelinedCall {
    const id = this.#settings.ids.next('batching', undefined);
    const request = requestText(id, 'batching', { enable: true }, undefined);
    return { id, method: 'batching', request, replied: () => {}, failed: () => {} };
  }

  #discard(id: string): void {
    if (this.#queue.delete(id)) return;
    for (const connection of this.#connections) connection.discard(id);
    const connection = this.#current;
    // Too many replies are missing: the node cancels the commands when the connection closes.
    if (connection !== undefined && connection.discarded >= this.#maxInFlight) {
      this.#current = undefined;
      connection.drain();
    }
  }

  #failQueue(error: unknown): void {
    const calls = [...this.#queue.values()];
    this.#queue.clear();
    for (const call of calls) call.failed(error);
  }
}
