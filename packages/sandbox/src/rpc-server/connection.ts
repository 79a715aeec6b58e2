import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { ConnectionSettings } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { FrameScanner, type Frame } from '../json/frame-scanner.ts';
import { JsonSyntaxError } from '../json/syntax-error.ts';
import type { Node } from '../node.ts';
import { dispatch } from './dispatch.ts';
import { OutputQueue, type Output } from './output-queue.ts';
import { errorReply } from './reply.ts';
import { readRequest } from './request.ts';

/** Longer requests are refused. lightningd has no limit; this is well beyond what any command takes. */
const LONGEST_REQUEST = 256 * 1024 * 1024;
/** How much of a malformed request is repeated to its sender. */
const LONGEST_ECHO = 16_384;
/** After so many requests in a row others have their turn, as in lightningd. */
const REQUESTS_IN_A_ROW = 100;

/** One client of the socket. */
export class Connection {
  readonly settings: ConnectionSettings;
  readonly #node: Node;
  readonly #socket: Socket;
  readonly #scanner = new FrameScanner(LONGEST_REQUEST);
  readonly #output: OutputQueue;
  readonly #gone = new AbortController();
  #frames: Frame[] = [];
  #waiting = 0;
  /** Nothing is listened to any more: the connection closes once what was asked is answered. */
  #deaf = false;
  #resting = false;

  constructor(node: Node, socket: Socket) {
    this.#node = node;
    this.#socket = socket;
    this.settings = {
      notifications: false,
      batching: false,
      deprecated: node.configuration.allowDeprecated,
    };
    // Each command that waits listens for the caller's leaving.
    setMaxListeners(0, this.#gone.signal);
    this.#output = new OutputQueue(
      socket,
      () => this.#rested(),
      (error) => this.#broken(error),
    );
    socket.on('data', (chunk) => this.#receive(chunk));
    // Half a connection is none: lightningd drops it, with whatever was to be written.
    socket.on('end', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#frames = [];
      this.#gone.abort();
    });
  }

  /** Closes it once everything that was asked for has been answered. */
  closeWhenAnswered(): void {
    this.#deaf = true;
    this.#rested();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#deaf) return;
    try {
      this.#frames.push(...this.#scanner.push(chunk));
    } catch (error) {
      this.#fail(error);
    }
    this.#work();
  }

  #work(): void {
    this.#resting = false;
    for (let count = 0; count < REQUESTS_IN_A_ROW; count++) {
      const frame = this.#frames[count];
      if (frame === undefined) {
        this.#frames = [];
        this.#rest();
        return;
      }
      try {
        this.#answer(frame);
      } catch (error) {
        this.#frames = [];
        this.#fail(error);
      }
    }
    this.#frames = this.#frames.slice(REQUESTS_IN_A_ROW);
    this.#rest();
  }

  /** Goes on once the caller has taken what there is: one that does not read is not served. */
  #rest(): void {
    this.#resting = true;
    if (!this.#output.idle) this.#socket.pause();
    else setImmediate(() => this.#rested());
  }

  #rested(): void {
    if (!this.#output.idle || this.#socket.destroyed) return;
    if (this.#deaf && this.#waiting === 0 && this.#frames.length === 0) {
      this.#socket.end();
      // What still comes is dropped: a caller that is stuck writing would not notice the end.
      this.#socket.resume();
      return;
    }
    if (!this.#resting) return;
    if (this.#frames.length > 0) this.#work();
    else this.#socket.resume();
  }

  #answer(frame: Frame): void {
    const reply = dispatch(this.#node, readRequest(frame), (request) => ({
      node: this.#node,
      developer: this.#node.configuration.developer,
      id: request.id,
      request: request.frame,
      connection: this.settings,
      signal: this.#gone.signal,
      sendBeforeReply: (pieces) => this.#send(pieces),
    }));
    if (!(reply instanceof Promise)) {
      this.#send(reply);
      return;
    }
    void this.#answerLater(reply);
  }

  async #answerLater(reply: Promise<readonly Output[]>): Promise<void> {
    this.#waiting++;
    const outputs = await reply;
    this.#waiting--;
    this.#send(outputs);
  }

  #send(outputs: readonly Output[]): void {
    if (!this.#socket.destroyed) this.#output.push(...outputs);
  }

  #fail(error: unknown): void {
    if (!(error instanceof JsonSyntaxError)) throw error;
    this.#deaf = true;
    const refusal = new CommandError(ErrorCode.invalidRequest, malformed(error));
    this.#send([errorReply('null', refusal)]);
  }

  /** A reply broke off half-way: the rest of the line would be taken for its end. */
  #broken(error: unknown): void {
    const why = error instanceof Error ? error.stack : String(error);
    this.#node.log.log('broken', `a reply broke off: ${why}`);
    this.#socket.destroy();
  }
}

function malformed({ code, message, text }: JsonSyntaxError): string {
  const echo = text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
  switch (code) {
    case 'malformed':
      return `Failed to parse RPC JSON response '${echo}'`;
    case 'not_json_rpc':
      return `JSON-RPC message does not contain "jsonrpc" field: '${echo}'`;
    case 'too_long':
      return message;
  }
}
