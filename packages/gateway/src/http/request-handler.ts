import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Origins } from '../options/origins.ts';
import { CallerLeft } from './caller-left.ts';
import { allowMethods, setCorsHeaders } from './cors.ts';
import { sendEnvelope } from './envelope.ts';
import { type PathTable, pathOf } from './path-table.ts';
import type { RefusalLog } from './refusal-log.ts';
import { checkHead } from './request-head.ts';

/** What requests are handled with. */
export interface HandlerTools {
  readonly paths: PathTable;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: RefusalLog;
}

/** What a connection is busy with. */
interface Current {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How many requests of this connection go first. */
  waiting: number;
  /** Too many were sent ahead: the connection ends behind this answer, and what else comes is dropped. */
  isLast: boolean;
}

/** This many times what may be sent ahead, and nobody waits for its turn to say so. */
const DROPPED = 16;

/** Takes a request from the server to its route, and whatever fails to the caller and to the log. */
export class RequestHandler {
  readonly #tools: HandlerTools;
  readonly #current = new WeakMap<Duplex, Current>();
  #stopping = false;

  constructor(tools: HandlerTools) {
    this.#tools = tools;
  }

  /** From now on every request is told that the gateway is stopping. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Handles a request. One that was sent ahead on the same connection waits until those before it are
   * answered, as if it had been sent then: commands are not run side by side that a client wrote one
   * after the other. The first that is too many is answered in its turn, and is the last.
   */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const earlier = this.#current.get(socket);
    if (earlier === undefined || earlier.response.writableFinished || earlier.response.destroyed) {
      this.#current.set(socket, { request, response, waiting: 0, isLast: false });
      this.#begin(request, response);
      return;
    }
    if (earlier.isLast) {
      this.#dropped(earlier, socket);
      return;
    }
    const waiting = earlier.waiting + 1;
    const isLast = waiting > this.#tools.limits.pipelined;
    this.#current.set(socket, { request, response, waiting, isLast });
    earlier.response.once('close', () => {
      if (socket.destroyed) return;
      const current = this.#current.get(socket);
      if (current !== undefined) current.waiting--;
      if (isLast) {
        response.shouldKeepAlive = false;
        this.#refuse(request, response, Refusal.of('busy', { detail: 'requests sent ahead' }));
      } else {
        this.#begin(request, response);
      }
    });
  }

  /** Each costs memory until those before it are answered. */
  #dropped(last: Current, socket: Duplex): void {
    last.waiting++;
    if (last.waiting > DROPPED * this.#tools.limits.pipelined) socket.destroy();
  }

  /**
   * Whether a connection is in the middle of a request: `arriving` while it is not there whole and
   * nothing has been answered, `answering` from then on.
   */
  stateOf(socket: Duplex): 'idle' | 'arriving' | 'answering' {
    const current = this.#current.get(socket);
    if (current === undefined) return 'idle';
    const { request, response, waiting } = current;
    if (waiting > 0) return 'answering';
    if (response.writableFinished && request.complete) return 'idle';
    return response.headersSent || request.complete ? 'answering' : 'arriving';
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    // Writing to a caller that has just left is no reason to end the program.
    response.on('error', ignore);
    this.#answer(request, response).catch((error: unknown) =>
      this.#refuse(request, response, error),
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limits, origins, paths } = this.#tools;
    setCorsHeaders(request, response, origins);
    if (this.#stopping) throw Refusal.of('stopping');
    checkHead(request, limits);
    const { method = '', url = '' } = request;
    if (method === 'OPTIONS') {
      this.#options(response, url);
      return;
    }
    const { route, captures } = paths.find(method, url);
    await route({ request, response, captures });
  }

  /** Preflights, which have their headers by now, and questions for what a path takes. */
  #options(response: ServerResponse, url: string): void {
    const methods = url === '*' ? ['GET', 'HEAD', 'POST'] : this.#tools.paths.allowed(pathOf(url));
    if (methods.length === 0) throw Refusal.of('path_not_found');
    allowMethods(response, methods);
    response.writeHead(204, { Allow: [...methods, 'OPTIONS'].join(', ') });
    response.end();
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof CallerLeft || response.destroyed) return;
    const refusal = error instanceof Refusal ? error : Refusal.of('internal', { cause: error });
    this.#tools.log.refused(refusal, request);
    if (response.headersSent) {
      // Too late for words. What has arrived must not pass for a whole answer.
      response.destroy();
    } else {
      if (this.#stopping) response.shouldKeepAlive = false;
      sendEnvelope(response, refusal);
    }
  }
}

function ignore(): void {
  // What matters of it comes as `close`.
}
