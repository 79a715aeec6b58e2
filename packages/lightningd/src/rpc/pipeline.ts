import { constants } from 'node:buffer';
import type { CallOptions, Params } from './call.ts';
import { connectSocket } from './connect.ts';
import { startTimer, timedOut } from './deadline.ts';
import { InvalidRequestError, TransportError } from './errors.ts';
import { newsHeard } from './event-loop.ts';
import { nodeError } from './node-error.ts';
import { onAbort } from './on-abort.ts';
import { parseResult } from './parse-result.ts';
import { PipelineLink, type PipelinedCall } from './pipeline-link.ts';
import { closedError } from './pool.ts';
import { type RequestIds, requestText } from './request.ts';

/** How a shared connection behaves. */
export interface PipelineOptions {
  /**
   * Sends `batching {"enable":true}` first, on every connection: commands that arrive together then
   * share one database commit. A crash of the node may lose what was not committed yet, so use it
   * for `checkrune` and never for a command whose effect must last. A node that does not know
   * `batching` is used without.
   */
  readonly batching?: boolean | undefined;
  /** Calls that may be in flight at once; one more fails with `overloaded`. 4096 by default. */
  readonly maxInFlight?: number | undefined;
  /**
   * Bytes of one result, by default as many as a string can have. A longer result closes the connection, and
   * the calls in flight on it fail with `too_large`: their replies would have to wait for its end.
   */
  readonly maxResultBytes?: number | undefined;
}

/**
 * ONE shared connection with many calls in flight. Replies are matched by id, in whatever order the
 * node answers. Requests made within one turn of the event loop are written together.
 *
 * A lost connection rejects the calls that were in flight on it with a TransportError `closed`; the
 * next call connects anew. An aborted or timed-out call is forgotten and its reply is dropped when
 * it comes: the others are not disturbed, but the node goes on with the command. Use it for commands
 * that answer quickly.
 *
 * `call` and `callText` behave and fail as those of the RpcClient do.
 */
export interface RpcPipeline {
  call<T = unknown>(method: string, params?: Params, options?: CallOptions): Promise<T>;
  callText(method: string, params?: Params, options?: CallOptions): Promise<string>;
  /** Closes the connection; calls in flight, and all later ones, fail with `closed`. */
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
  /** Calls that are not written yet. */
  readonly #queue = new Map<string, PipelinedCall>();
  readonly #links = new Set<PipelineLink>();
  /** The one that takes calls. */
  #link: PipelineLink | undefined;
  #pumping: Promise<void> | undefined;
  #closed: boolean;

  constructor(settings: PipelineSettings) {
    this.#settings = settings;
    this.#maxInFlight = settings.maxInFlight ?? 4096;
    this.#closed = settings.closed;
  }

  async call<T = unknown>(method: string, params?: Params, options?: CallOptions): Promise<T> {
    const text = await this.callText(method, params, options);
    return parseResult<T>(text, method, this.#settings.parse);
  }

  async callText(method: string, params?: Params, options?: CallOptions): Promise<string> {
    const id = this.#settings.ids.next(method, options);
    const request = requestText(id, method, params, options?.filter);
    if (this.#closed) throw closedError();
    options?.signal?.throwIfAborted();
    if (this.#queue.size + (this.#link?.inFlight ?? 0) >= this.#maxInFlight) {
      throw new TransportError('overloaded', `${this.#maxInFlight} calls are in flight already`);
    }
    if (this.#queue.has(id) || this.#link?.knows(id) === true) {
      throw new InvalidRequestError('the id is that of another call in flight');
    }
    return this.#enqueue({ id, method, request }, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#settings.onClose();
    this.#failQueue(closedError());
    for (const link of this.#links) link.destroy(closedError());
    await this.#pumping;
  }

  #enqueue(
    call: Pick<PipelinedCall, 'id' | 'method' | 'request'>,
    { signal, timeoutMs }: CallOptions = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const abandon = (reason: unknown): void => {
        settle();
        this.#forget(call.id);
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
      this.#pumping ??= this.#pump();
    });
  }

  /** Writes what is queued until nothing is. Never rejects: failures go to the calls. */
  async #pump(): Promise<void> {
    while (this.#queue.size > 0) {
      // This also gathers what else is asked at the same time.
      await newsHeard();
      if (this.#queue.size === 0) break;
      try {
        const link = this.#link?.alive === true ? this.#link : await this.#connect();
        const calls = [...this.#queue.values()];
        this.#queue.clear();
        if (calls.length > 0) link.write(calls);
      } catch (error) {
        this.#failQueue(error);
      }
    }
    this.#pumping = undefined;
  }

  async #connect(): Promise<PipelineLink> {
    const socket = await connectSocket(this.#settings.socketPath);
    if (this.#closed) {
      socket.destroy();
      throw closedError();
    }
    const { maxResultBytes = constants.MAX_STRING_LENGTH } = this.#settings;
    const link = new PipelineLink(socket, maxResultBytes, (gone) => {
      this.#links.delete(gone);
      if (this.#link === gone) this.#link = undefined;
    });
    this.#links.add(link);
    this.#link = link;
    if (this.#settings.batching === true) link.write([this.#enableBatching()]);
    return link;
  }

  #enableBatching(): PipelinedCall {
    const id = this.#settings.ids.next('batching', undefined);
    const request = requestText(id, 'batching', { enable: true }, undefined);
    return { id, method: 'batching', request, replied: () => {}, failed: () => {} };
  }

  #forget(id: string): void {
    if (this.#queue.delete(id)) return;
    for (const link of this.#links) link.forget(id);
    const link = this.#link;
    // So many unanswered: whatever ails that connection, closing it is what frees the node of them.
    if (link !== undefined && link.forgotten >= this.#maxInFlight) {
      this.#link = undefined;
      link.retire();
    }
  }

  #failQueue(error: unknown): void {
    const calls = [...this.#queue.values()];
    this.#queue.clear();
    for (const call of calls) call.failed(error);
  }
}
