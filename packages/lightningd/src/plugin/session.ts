import { encodeJson } from '@clnrest/json';
import { FrameError } from '@clnrest/json/bytes';
import { JsonFrames } from '@clnrest/json/bytes';
import { INTERNAL_ERROR, METHOD_NOT_FOUND } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import { IncomingCall } from './incoming-call.ts';
import { requestToCheck } from './check.ts';
import { type IncomingNotification, type IncomingRequest, readIncoming } from './incoming.ts';
import type { MessageWriter } from './message-writer.ts';
import type { PluginNotification } from './notification-types.ts';
import type { PluginIo } from './plugin-io.ts';
import type { Registry } from './registry.ts';

/**
 * Topics of notifications that a log line causes. If their handlers logged each failure, every log line
 * would cause another.
 */
const LOG_TOPICS: ReadonlySet<string> = new Set(['log', 'warning']);

/** Handles lightningd's requests to the plugin itself, as opposed to registered methods and hooks. */
export interface LifecycleRequests {
  getmanifest(params: unknown): Promise<unknown>;
  init(params: unknown): Promise<unknown>;
  /** Changes a dynamic option, or only checks the new value. */
  setconfig(params: unknown, checkOnly: boolean): Promise<unknown>;
}

/**
 * The session with lightningd: reads frames, calls the handler of each, and writes the replies. Handlers
 * run concurrently, and a failing handler does not affect the others.
 */
export class PluginSession {
  readonly #registry: Registry;
  readonly #lifecycle: LifecycleRequests;
  readonly #writer: MessageWriter;
  readonly #frames = new JsonFrames();
  /** The running calls and hooks. Each has its own signal, because handlers add listeners. */
  readonly #handling = new Set<AbortController>();
  readonly #failedLogTopics = new Set<string>();
  #end: (status: number) => void = () => {};
  #stopReading: () => void = () => {};

  constructor(registry: Registry, lifecycle: LifecycleRequests, writer: MessageWriter) {
    this.#registry = registry;
    this.#lifecycle = lifecycle;
    this.#writer = writer;
  }

  /**
   * Runs until either side ends the session. Resolves with the exit status. Reads further messages until {@link close}:
   * after `shutdown`, lightningd still runs commands of open connections, and sends their notifications and hook calls.
   */
  async run(io: PluginIo): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const onData = (piece: Buffer): void => this.#read(piece);
    const onEnd = (): void => this.#end(0);
    const onBroken = (): void => {
      // EPIPE: lightningd has ended.
      this.#writer.discardAll();
      this.#end(0);
    };
    io.stdin.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onBroken);
    io.stdout.on('error', onBroken);
    this.#stopReading = () => {
      io.stdin.off('data', onData);
      io.stdin.pause();
    };
    const status = await ended;
    for (const controller of this.#handling) controller.abort(new Error('the plugin is closing'));
    return status;
  }

  /** Reads no further message. */
  close(): void {
    this.#stopReading();
  }

  /** Ends the session from this side. */
  end(status: number): void {
    this.#end(status);
  }

  #read(piece: Buffer): void {
    try {
      for (const text of this.#frames.push(piece)) this.#dispatch(readIncoming(text));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#writer.log('broken', `cannot parse a message of lightningd: ${error.message}`);
      this.#stopReading();
      this.#end(1);
    }
  }

  #dispatch(message: IncomingRequest | IncomingNotification): void {
    switch (message.kind) {
      case 'request':
        void this.#reply(message);
        break;
      case 'notification':
        this.#notifySubscribers(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** Never rejects: an error becomes an error reply. */
  async #reply(request: IncomingRequest): Promise<void> {
    try {
      this.#writer.result(request.idText, await this.#handleRequest(request));
    } catch (error) {
      this.#writer.error(request.idText, this.#asRpcError(error, request.method));
    }
  }

  async #handleRequest(request: IncomingRequest): Promise<unknown> {
    switch (request.method) {
      case 'getmanifest':
        return this.#lifecycle.getmanifest(request.params);
      case 'init':
        return this.#lifecycle.init(request.params);
      case 'setconfig':
        return this.#lifecycle.setconfig(request.params, false);
      case 'check':
        return this.#check(requestToCheck(request));
      default: {
        const hook = this.#registry.hooks.get(request.method);
        return hook === undefined ? this.#callMethod(request) : this.#callHook(request, hook);
      }
    }
  }

  async #callMethod(request: IncomingRequest): Promise<unknown> {
    const method = this.#registry.methods.get(request.method);
    if (method === undefined) throw unknownCommand(request.method);
    return (await this.#runHandler(request, method.handler)) ?? {};
  }

  /** Always returns a result, because an error reply to a hook makes lightningd exit. */
  async #callHook(
    request: IncomingRequest,
    { handler, declaration }: NonNullable<ReturnType<Registry['hooks']['get']>>,
  ): Promise<unknown> {
    try {
      const result = (await this.#runHandler(request, handler)) ?? { result: 'continue' };
      // A result without a JSON text must fail here, not when it is written.
      encodeJson(result);
      return result;
    } catch (error) {
      this.#writer.failure('broken', `hook ${request.method} failed`, error);
      return declaration.fallback ?? { result: 'continue' };
    }
  }

  async #check(request: IncomingRequest): Promise<unknown> {
    if (request.method === 'setconfig') {
      await this.#lifecycle.setconfig(request.params, true);
    } else {
      const method = this.#registry.methods.get(request.method);
      if (method === undefined) throw unknownCommand(request.method);
      const { check } = method.declaration;
      if (check !== undefined) await this.#runHandler(request, check);
    }
    return { command_to_check: request.method };
  }

  async #runHandler(
    request: IncomingRequest,
    handler: (call: IncomingCall) => unknown,
  ): Promise<unknown> {
    const controller = new AbortController();
    this.#handling.add(controller);
    try {
      return await handler(new IncomingCall(request, controller.signal, this.#writer));
    } finally {
      this.#handling.delete(controller);
    }
  }

  #asRpcError(error: unknown, method: string): RpcError {
    if (error instanceof RpcError) return error;
    this.#writer.failure('broken', `${method} failed`, error);
    const message = error instanceof Error ? error.message : String(error);
    return new RpcError(INTERNAL_ERROR, `Error while processing ${method}: ${message}`);
  }

  #notifySubscribers(incoming: IncomingNotification): void {
    const { topic, origin, paramsText } = incoming;
    const notification: PluginNotification = {
      topic,
      origin,
      paramsText,
      get params() {
        return incoming.params;
      },
      get payload() {
        return payloadOf(topic, incoming.params);
      },
    };
    for (const handler of this.#registry.handlersOf(topic)) {
      void this.#runSubscriber(topic, () => handler(notification));
    }
    if (topic === 'shutdown') this.#end(0);
  }

  async #runSubscriber(topic: string, action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      const failed = `notification ${topic} failed`;
      if (!LOG_TOPICS.has(topic)) {
        this.#writer.failure('broken', failed, error);
      } else if (!this.#failedLogTopics.has(topic)) {
        this.#failedLogTopics.add(topic);
        this.#writer.failure('info', `${failed} (logged only once)`, error);
      }
    }
  }
}

/** The node wraps the content of its own notifications in their topic. Plugins' have no wrapper. */
function payloadOf(topic: string, params: unknown): unknown {
  const wrapped =
    typeof params === 'object' && params !== null && Object.hasOwn(params, topic)
      ? params
      : undefined;
  return wrapped === undefined ? params : (wrapped as Record<string, unknown>)[topic];
}

function unknownCommand(method: string): RpcError {
  return new RpcError(METHOD_NOT_FOUND, `Unknown command '${method}'`);
}
