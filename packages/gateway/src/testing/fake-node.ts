import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { JsonFrames, readMembers } from '@clnrest/lightningd';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';

/** A call on the node's socket, with functions that respond to it. */
export interface FakeCall {
  readonly method: string;
  /** The JSON text of the parameters. */
  readonly params: string;
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
  readonly directory = temporaryDirectory();
  readonly socketPath = join(this.directory, 'lightning-rpc');
  /** The calls of clients and of `checkrune`, in order of arrival. */
  readonly calls: FakeCall[] = [];
  /** The calls that the gateway makes for itself, in order of arrival. */
  readonly ownCalls: FakeCall[] = [];
  readonly sockets = new Set<Socket>();
  readonly #handlers = new Map<string, Handler>();
  readonly #server = createServer((socket) => this.#serve(socket));
  #changed: () => void = () => undefined;

  static async start(handlers: Readonly<Record<string, Handler>> = {}): Promise<FakeNode> {
    const node = new FakeNode();
    node.#handlers.set('batching', (call) => call.result('{}'));
    node.#handlers.set('checkrune', (call) => call.result('{"valid":true}'));
    for (const [method, handler] of Object.entries(handlers)) node.on(method, handler);
    await node.listen();
    onTestFinished(() => node.stop());
    return node;
  }

  on(method: string, handler: Handler): void {
    this.#handlers.set(method, handler);
  }

  async listen(): Promise<void> {
    this.#server.listen(this.socketPath);
    await once(this.#server, 'listening');
  }

  /** Closes all connections, like a killed node. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
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

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    const frames = new JsonFrames();
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (piece) => {
      for (const text of frames.push(piece)) this.#onRequest(text, socket);
    });
  }

  #onRequest(text: string, socket: Socket): void {
    const members = readMembers(text);
    const head = `{"jsonrpc":"2.0","id":${members.get('id') ?? 'null'},`;
    const call: FakeCall = {
      method: String(JSON.parse(members.get('method') ?? 'null')),
      params: members.get('params') ?? '',
      socket,
      result: (result) => socket.write(`${head}"result":${result}}\n\n`),
      begin: (result) => socket.write(`${head}"result":${result}`),
      error: (code, message, data) => {
        const more = data === undefined ? '' : `,"data":${data}`;
        const error = `{"code":${code},"message":${JSON.stringify(message)}${more}}`;
        socket.write(`${head}"error":${error}}\n\n`);
      },
    };
    (OWN_CALLS.has(call.method) ? this.ownCalls : this.calls).push(call);
    const handler = this.#handlers.get(call.method);
    if (handler === undefined) call.error(-32601, `Unknown command '${call.method}'`);
    else handler(call);
    const changed = this.#changed;
    this.#changed = () => undefined;
    changed();
  }
}

/** Resolves when the connection is closed. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
