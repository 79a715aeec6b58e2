import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Origins } from '../options/origins.ts';
import { CallerLeft } from './caller-left.ts';
import { allowMethods, setCorsHeaders } from './cors.ts';
import { sendEnvelope } from './envelope.ts';
import { hasBody } from './gateway-request.ts';
import { type PathTable, pathOf } from '../routing/path-table.ts';
import type { RefusalLog } from './refusal-log.ts';
import { checkHead } from './request-head.ts';

/** What requests are handled with. */
export interface HandlerTools {
  readonly paths: PathTable;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: RefusalLog;
}

/** A refused request may leave so much of its body unread for the connection to be kept. */
const MAX_UNREAD_BODY = 64 * 1024;

/** Takes one request to its route, and a failure to the client and to the log. */
export class RequestHandler {
  readonly #tools: HandlerTools;
  #stopping = false;

  constructor(tools: HandlerTools) {
    this.#tools = tools;
  }

  /** From now on every request is refused because the gateway is stopping. */
  stop(): void {
    this.#stopping = true;
  }

  /** Handles a request in its turn. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    // A client that has just left is no fault of the program; what matters of it arrives as `close`.
    response.on('error', ignore);
    this.#answer(request, response).catch((error: unknown) =>
      this.refuse(request, response, error),
    );
  }

  /** Refuses a request in its turn. Never throws. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof CallerLeft || response.destroyed) return;
    const refusal = error instanceof Refusal ? error : Refusal.of('internal', { cause: error });
    try {
      this.#tools.log.refused(refusal, request);
      if (response.headersSent) {
        // Too late for an error. What has arrived must not pass for a whole response.
        response.destroy();
        return;
      }
      if (this.#mustClose(request, refusal)) response.shouldKeepAlive = false;
      sendEnvelope(response, refusal);
    } catch (fault) {
      this.#tools.log.fault(fault);
      response.destroy();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limits, origins, paths } = this.#tools;
    setCorsHeaders(request, response, origins);
    if (this.#stopping) throw Refusal.of('stopping');
    checkHead(request, limits);
    const { method = '', url = '' } = request;
    if (method === 'CONNECT') {
      throw Refusal.of('not_proxy', { headers: { Allow: 'GET, HEAD, POST, OPTIONS' } });
    }
    if (method === 'OPTIONS') {
      this.#options(response, url);
      return;
    }
    const { route, captures } = paths.find(method, url);
    await route({ request, response, captures });
  }

  /** Answers preflights, which have their headers by now, and other questions about a path's methods. */
  #options(response: ServerResponse, url: string): void {
    const methods = url === '*' ? ['GET', 'HEAD', 'POST'] : this.#tools.paths.allowed(pathOf(url));
    if (methods.length === 0) throw Refusal.of('path_not_found');
    allowMethods(response, methods);
    response.writeHead(204, { Allow: [...methods, 'OPTIONS'].join(', ') });
    response.end();
  }

  /**
   * Whether the connection ends with this refusal: after a fault, and where much of a body is still to
   * come, or none of it may come (a client that waits for 100 Continue may omit the body).
   */
  #mustClose(request: IncomingMessage, { kind }: Refusal): boolean {
    if (this.#stopping || kind === 'internal') return true;
    if (request.complete || !hasBody(request)) return false;
    if (request.headers.expect !== undefined) return true;
    return !(Number(request.headers['content-length']) <= MAX_UNREAD_BODY);
  }
}

function ignore(): void {
  // See above.
}
