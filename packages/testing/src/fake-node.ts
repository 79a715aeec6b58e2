import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type FakeRequest, FakeSocket } from '@clnrest/lightningd/testing';

/** A call on the node's socket, with functions that respond to it. */
export interface FakeCall {
  readonly method: string;
  /** The JSON text of the parameters. */
  readonly params: string;
  /** The JSON text of the whole request. */
  readonly text: string;
  readonly socket: Socket;
  result(text: string): void;
  /** Sends only the beginning of a result. */
  begin(text: string): void;
  error(code: number, message: string, data?: string): void;
}

/** Calls that the gateway makes for itself, not for a client. */
const OWN_CALLS: ReadonlySet<string> = new Set(['batching', 'makesecret', 'blacklistrune']);

type Handler = (call: FakeCall) => void;

/** A node on a real Unix socket whose responses the test defines. */
export class FakeNode {
  readonly directory: string;
  readonly socketPath: string;
  /** The calls of clients and of `checkrune`, in order of arrival. */
  readonly calls: FakeCall[] = [];
  /** The calls that the gateway makes for itself, in order of arrival. */
  readonly ownCalls: FakeCall[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #socket: FakeSocket;
  #changed: () => void = () => undefined;

  private constructor(socket: FakeSocket, handlers: Readonly<Record<string, Handler>>) {
    this.directory = socket.directory;
    this.socketPath = socket.socketPath;
    this.#socket = socket;
    this.on('batching', (call) => call.result('{}'));
    this.on('checkrune', (call) => call.result('{"valid":true}'));
    for (const [method, handler] of Object.entries(handlers)) this.on(method, handler);
    socket.answerWith((request) => this.#onRequest(request));
  }

  /** Starts a node that stops with the test, or when `atEnd` calls its function. */
  static async start(
    handlers: Readonly<Record<string, Handler>> = {},
    atEnd: (stop: () => Promise<void>) => void = onTestFinished,
  ): Promise<FakeNode> {
    const socket = await FakeSocket.start();
    atEnd(() => socket[Symbol.asyncDispose]());
    return new FakeNode(socket, handlers);
  }

  /** The open connections. */
  get sockets(): ReadonlySet<Socket> {
    return new Set(this.#socket.sockets.filter((socket) => !socket.closed));
  }

  on(method: string, handler: Handler): void {
    this.#handlers.set(method, handler);
  }

  async listen(): Promise<void> {
    await this.#socket.listen();
  }

  /** Accepts no further connection, like a node that waits for its plugins to end. */
  stopListening(): void {
    this.#socket.stopListening();
  }

  /** Closes all connections, like a killed node. */
  async stop(): Promise<void> {
    await this.#socket.stop();
  }

  /** Returns the parameters of all calls of a method. */
  paramsOf(method: string): readonly string[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.params);
  }

  /** Resolves with the nth call of a method (from 0), waiting for the call if necessary. */
  async call(method: string, index = 0): Promise<FakeCall> {
    for (;;) {
      const call = this.calls.filter((each) => each.method === method)[index];
      if (call !== undefined) return call;
      await new Promise<void>((resolve) => {
        const before = this.#changed;
        this.#changed = () => {
          before();
          resolve();
        };
      });
    }
  }

  #onRequest(request: FakeRequest): void {
    const { idText, method, paramsText: params, socket, text } = request;
    const call: FakeCall = {
      method,
      params,
      text,
      socket,
      result: (result) => request.result(result),
      begin: (result) => socket.write(`{"jsonrpc":"2.0","id":${idText},"result":${result}`),
      error: (code, message, data) => {
        const more = data === undefined ? '' : `,"data":${data}`;
        request.error(`{"code":${code},"message":${JSON.stringify(message)}${more}}`);
      },
    };
    (OWN_CALLS.has(method) ? this.ownCalls : this.calls).push(call);
    const handler = this.#handlers.get(method);
    if (handler === undefined) call.error(-32601, `Unknown command '${method}'`);
    else handler(call);
    const changed = this.#changed;
    this.#changed = () => undefined;
    changed();
  }
}
