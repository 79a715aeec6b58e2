import { encodeJson } from '../json/encode.ts';
import { FrameError } from '../json/frame-error.ts';
import { JsonFrames } from '../json/frames.ts';
import { INTERNAL_ERROR, METHOD_NOT_FOUND } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import { Call } from './call.ts';
import { requestToCheck } from './check.ts';
import type { Notification } from './declarations.ts';
import { type IncomingNotification, type IncomingRequest, readIncoming } from './incoming.ts';
import type { Outbox } from './outbox.ts';
import type { PluginIo } from './plugin-io.ts';
import type { Registry } from './registry.ts';

/**
 * Topics that a line in the log brings about. A handler of theirs that fails each time must not make
 * a line each time, which would never end.
 */
const ECHOES: ReadonlySet<string> = new Set(['log', 'warning']);

/** What lightningd asks of the plugin itself, as opposed to what the plugin registered. */
export interface PluginLife {
  getmanifest(params: unknown): Promise<unknown>;
  init(params: unknown): Promise<unknown>;
  /** A dynamic option is about to change, or is only to be judged. */
  setconfig(params: unknown, checkOnly: boolean): Promise<unknown>;
}

/**
 * The talk with lightningd from the first byte to the last: reads frames, hands each to whom it is
 * for, writes the answers. Handlers run beside each other; one that fails fails alone.
 */
export class Conversation {
  readonly #registry: Registry;
  readonly #life: PluginLife;
  readonly #outbox: Outbox;
  readonly #frames = new JsonFrames();
  /** The calls and hooks being handled. Each has a signal of its own, as handlers add listeners. */
  readonly #handling = new Set<AbortController>();
  readonly #failedEchoes = new Set<string>();
  #end: (status: number) => void = () => {};

  constructor(registry: Registry, life: PluginLife, outbox: Outbox) {
    this.#registry = registry;
    this.#life = life;
    this.#outbox = outbox;
  }

  /** Resolves with the exit status when either side has ended the talk. */
  async hold(io: PluginIo): Promise<number> {
    const over = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const onData = (piece: Buffer): void => this.#hear(piece);
    const onEnd = (): void => this.#end(0);
    const onBroken = (): void => {
      // lightningd is gone: EPIPE.
      this.#outbox.abandon();
      this.#end(0);
    };
    io.stdin.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onBroken);
    io.stdout.on('error', onBroken);
    const status = await over;
    io.stdin.off('data', onData);
    io.stdin.pause();
    for (const controller of this.#handling) controller.abort(new Error('the plugin is closing'));
    return status;
  }

  /** Ends the talk from this side. */
  end(status: number): void {
    this.#end(status);
  }

  #hear(piece: Buffer): void {
    try {
      for (const text of this.#frames.push(piece)) this.#take(readIncoming(text));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#outbox.log('broken', `what lightningd sent cannot be understood: ${error.message}`);
      this.#end(1);
    }
  }

  #take(message: IncomingRequest | IncomingNotification): void {
    switch (message.kind) {
      case 'request':
        void this.#answer(message);
        break;
      case 'notification':
        this.#tell(message);
        break;
      default:
        message satisfies never;
    }
  }

  /** Never rejects: everything ends in a reply. */
  async #answer(request: IncomingRequest): Promise<void> {
    try {
      this.#outbox.result(request.idText, await this.#run(request));
    } catch (error) {
      this.#outbox.error(request.idText, this.#asRpcError(error, request.method));
    }
  }

  async #run(request: IncomingRequest): Promise<unknown> {
    switch (request.method) {
      case 'getmanifest':
        return this.#life.getmanifest(request.params);
      case 'init':
        return this.#life.init(request.params);
      case 'setconfig':
        return this.#life.setconfig(request.params, false);
      case 'check':
        return this.#check(requestToCheck(request));
      default: {
        const hook = this.#registry.hooks.get(request.method);
        return hook === undefined ? this.#method(request) : this.#hook(request, hook);
      }
    }
  }

  async #method(request: IncomingRequest): Promise<unknown> {
    const method = this.#registry.methods.get(request.method);
    if (method === undefined) throw unknown(request.method);
    return (await this.#handle(request, method.handler)) ?? {};
  }

  /** An error reply to a hook makes lightningd exit, so there is always a result. */
  async #hook(
    request: IncomingRequest,
    { handler, declaration }: NonNullable<ReturnType<Registry['hooks']['get']>>,
  ): Promise<unknown> {
    try {
      const result = (await this.#handle(request, handler)) ?? { result: 'continue' };
      // What cannot be written must fail here.
      encodeJson(result);
      return result;
    } catch (error) {
      this.#outbox.failure('broken', `hook ${request.method} failed`, error);
      return declaration.fallback ?? { result: 'continue' };
    }
  }

  async #check(request: IncomingRequest): Promise<unknown> {
    if (request.method === 'setconfig') {
      await this.#life.setconfig(request.params, true);
    } else {
      const method = this.#registry.methods.get(request.method);
      if (method === undefined) throw unknown(request.method);
      const { check } = method.declaration;
      if (check !== undefined) await this.#handle(request, check);
    }
    return { command_to_check: request.method };
  }

  async #handle(request: IncomingRequest, handler: (call: Call) => unknown): Promise<unknown> {
    const controller = new AbortController();
    this.#handling.add(controller);
    try {
      return await handler(new Call(request, controller.signal, this.#outbox));
    } finally {
      this.#handling.delete(controller);
    }
  }

  #asRpcError(error: unknown, method: string): RpcError {
    if (error instanceof RpcError) return error;
    this.#outbox.failure('broken', `${method} failed`, error);
    const message = error instanceof Error ? error.message : String(error);
    return new RpcError(INTERNAL_ERROR, `Error while processing ${method}: ${message}`);
  }

  #tell(incoming: IncomingNotification): void {
    const { topic, origin, paramsText } = incoming;
    const notification: Notification = {
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
      void this.#attempt(topic, () => handler(notification));
    }
    if (topic === 'shutdown') this.#end(0);
  }

  async #attempt(topic: string, action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      const what = `notification ${topic} failed`;
      if (!ECHOES.has(topic)) {
        this.#outbox.failure('broken', what, error);
      } else if (!this.#failedEchoes.has(topic)) {
        this.#failedEchoes.add(topic);
        this.#outbox.failure('info', `${what}, which is told only once`, error);
      }
    }
  }
}

/** The node's own topics wrap their content in their name; those of plugins come as they were sent. */
function payloadOf(topic: string, params: unknown): unknown {
  const wrapped =
    typeof params === 'object' && params !== null && Object.hasOwn(params, topic)
      ? params
      : undefined;
  return wrapped === undefined ? params : (wrapped as Record<string, unknown>)[topic];
}

function unknown(method: string): RpcError {
  return new RpcError(METHOD_NOT_FOUND, `Unknown command '${method}'`);
}
