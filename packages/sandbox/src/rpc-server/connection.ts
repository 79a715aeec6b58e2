import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { JsonSyntaxError } from '@clnrest/json/tokens';
import type { ConnectionSettings } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { FrameScanner, type Frame } from '../json/frame-scanner.ts';
import type { Node } from '../node.ts';
import { dispatch } from './dispatch.ts';
import { OutputQueue, type OutputItem } from './output-queue.ts';
import { errorReply } from './reply.ts';
import { readRequest } from './request.ts';

/** Longer requests are rejected. lightningd has no limit, but no command needs as much. */
const MAX_REQUEST_BYTES = 256 * 1024 * 1024;
/** Characters of a malformed request in its error. */
const MAX_ECHO_LENGTH = 16_384;
/** Requests of one connection before others have their turn, as in lightningd. */
const MAX_REQUESTS_IN_A_ROW = 100;

/** One client's connection to the socket. */
export class RpcConnection {
  readonly settings: ConnectionSettings;
  readonly #node: Node;
  readonly #socket: Socket;
  readonly #scanner = new FrameScanner(MAX_REQUEST_BYTES);
  readonly #output: OutputQueue;
  readonly #disconnected = new AbortController();
  #frames: Frame[] = [];
  #pendingReplies = 0;
  /** Input is ignored, and the connection closes after the pending replies. */
  #inputClosed = false;
  #paused = false;

  constructor(node: Node, socket: Socket) {
    this.#node = node;
    this.#socket = socket;
    this.settings = {
      notifications: false,
      batching: false,
      deprecated: node.configuration.allowDeprecated,
    };
    // Each waiting command listens for the end of the connection.
    setMaxListeners(0, this.#disconnected.signal);
    this.#output = new OutputQueue(
      socket,
      () => this.#resume(),
      (error) => this.#onOutputError(error),
    );
    socket.on('data', (chunk) => this.#receive(chunk));
    // lightningd drops a half-closed connection with its pending output.
    socket.on('end', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#frames = [];
      this.#disconnected.abort();
    });
  }

  /** Closes the connection after the replies to all requests. */
  closeAfterReplies(): void {
    this.#inputClosed = true;
    this.#resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#inputClosed) return;
    try {
      this.#frames.push(...this.#scanner.push(chunk));
    } catch (error) {
      this.#refuseInput(error);
    }
    this.#handleFrames();
  }

  #handleFrames(): void {
    this.#paused = false;
    for (let count = 0; count < MAX_REQUESTS_IN_A_ROW; count++) {
      const frame = this.#frames[count];
      if (frame === undefined) {
        this.#frames = [];
        this.#pause();
        return;
      }
      try {
        this.#handle(frame);
      } catch (error) {
        this.#frames = [];
        this.#refuseInput(error);
      }
    }
    this.#frames = this.#frames.slice(MAX_REQUESTS_IN_A_ROW);
    this.#pause();
  }

  /** Pauses until the client has read its replies: a client that does not read is not served. */
  #pause(): void {
    this.#paused = true;
    if (!this.#output.idle) this.#socket.pause();
    else setImmediate(() => this.#resume());
  }

  #resume(): void {
    if (!this.#output.idle || this.#socket.destroyed) return;
    if (this.#inputClosed && this.#pendingReplies === 0 && this.#frames.length === 0) {
      this.#socket.end();
      // Discards further input: a client that is blocked in a write would not notice the end.
      this.#socket.resume();
      return;
    }
    if (!this.#paused) return;
    if (this.#frames.length > 0) this.#handleFrames();
    else this.#socket.resume();
  }

  #handle(frame: Frame): void {
    const reply = dispatch(this.#node, readRequest(frame), (request) => ({
      node: this.#node,
      developer: this.#node.configuration.developer,
      id: request.id,
      request: request.frame,
      connection: this.settings,
      signal: this.#disconnected.signal,
      sendBeforeReply: (pieces) => this.#send(pieces),
    }));
    if (!(reply instanceof Promise)) {
      this.#send(reply);
      return;
    }
    void this.#sendLater(reply);
  }

  async #sendLater(reply: Promise<readonly OutputItem[]>): Promise<void> {
    this.#pendingReplies++;
    const outputs = await reply;
    this.#pendingReplies--;
    this.#send(outputs);
  }

  #send(outputs: readonly OutputItem[]): void {
    if (!this.#socket.destroyed) this.#output.push(...outputs);
  }

  #refuseInput(error: unknown): void {
    if (!(error instanceof JsonSyntaxError)) throw error;
    this.#inputClosed = true;
    const refusal = new CommandError(ErrorCode.invalidRequest, malformed(error));
    this.#send([errorReply('null', refusal)]);
  }

  /** A reply could not be completed. The connection must close: the client would take the next reply for its rest. */
  #onOutputError(error: unknown): void {
    const reason = error instanceof Error ? error.stack : String(error);
    this.#node.log.log('broken', `a reply is incomplete: ${reason}`);
    this.#socket.destroy();
  }
}

function malformed({ code, message, text }: JsonSyntaxError): string {
  const echo = text.length > MAX_ECHO_LENGTH ? `${text.slice(0, MAX_ECHO_LENGTH)}…` : text;
  switch (code) {
    case 'malformed':
      return `Failed to parse RPC JSON response '${echo}'`;
    case 'not_json_rpc':
      return `JSON-RPC message does not contain "jsonrpc" field: '${echo}'`;
    case 'too_long':
      return message;
  }
}
