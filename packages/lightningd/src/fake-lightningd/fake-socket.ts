import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonFrames, readMembers } from '@clnrest/json/bytes';

/** A request on a {@link FakeSocket}, with its connection. */
export interface FakeRequest {
  readonly text: string;
  readonly idText: string;
  readonly method: string;
  readonly paramsText: string;
  readonly socket: Socket;
  /** The index of its connection, from 0. */
  readonly connection: number;
  /** Replies as lightningd does. */
  result(resultText: string): void;
  error(errorText: string): void;
}

/**
 * A unix socket that reads requests as lightningd does; the test writes the replies.
 *
 * @example
 * ```ts
 * import { RpcClient } from '@clnrest/lightningd';
 * import { FakeSocket } from '@clnrest/lightningd/testing';
 * const socket = await FakeSocket.start((request) => request.result(`{"got":${request.paramsText}}`));
 * const client = new RpcClient({ socketPath: socket.socketPath });
 * await client.call('echo', [18446744073709551615n]) // => { got: [18446744073709551615n] }
 * await client.close();
 * await socket.stop();
 * ```
 */
export class FakeSocket implements AsyncDisposable {
  readonly directory: string;
  readonly socketPath: string;
  readonly requests: FakeRequest[] = [];
  readonly sockets: Socket[] = [];
  readonly #server: Server;
  #onRequest: (request: FakeRequest) => void;
  #waiting: (() => void)[] = [];

  private constructor(directory: string, onRequest: (request: FakeRequest) => void) {
    this.directory = directory;
    this.socketPath = join(directory, 'lightning-rpc');
    this.#onRequest = onRequest;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Creates a directory with a socket and listens on it. Dispose of it to remove both. */
  static async start(onRequest: (request: FakeRequest) => void = () => {}): Promise<FakeSocket> {
    const node = new FakeSocket(await mkdtemp(join(tmpdir(), 'fake-node-')), onRequest);
    await node.listen();
    return node;
  }

  /** Listens again, after `stop`. */
  async listen(path: string = this.socketPath): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, 'listening');
  }

  /** Accepts no further connection and keeps those that are open, like a node that waits for its plugins to end. */
  stopListening(): void {
    this.#server.close();
  }

  /** Stops like a killed node: closes every connection and removes the socket's file. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Replaces the function that replies. */
  answerWith(onRequest: (request: FakeRequest) => void): void {
    this.#onRequest = onRequest;
  }

  /** Waits for the request with this index. */
  async request(index: number): Promise<FakeRequest> {
    for (;;) {
      const request = this.requests[index];
      if (request !== undefined) return request;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    const connection = this.sockets.push(socket) - 1;
    const frames = new JsonFrames();
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      for (const text of frames.push(piece)) this.#take(text, socket, connection);
    });
  }

  #take(text: string, socket: Socket, connection: number): void {
    const members = readMembers(text);
    const idText = members.get('id') ?? 'null';
    const request: FakeRequest = {
      text,
      idText,
      method: String(JSON.parse(members.get('method') ?? 'null')),
      paramsText: members.get('params') ?? '',
      socket,
      connection,
      result: (resultText) =>
        socket.write(`{"jsonrpc":"2.0","id":${idText},"result":${resultText}}\n\n`),
      error: (errorText) =>
        socket.write(`{"jsonrpc":"2.0","id":${idText},"error":${errorText}}\n\n`),
    };
    this.requests.push(request);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
    this.#onRequest(request);
  }
}
