import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../refusals.ts';
import type { Limits } from '../limits.ts';
import type { Origins } from '../options/origins.ts';
import { ClientDisconnected } from './client-disconnected.ts';
import { allowMethods, setCorsHeaders } from './cors.ts';
import { sendError } from './error-envelope.ts';
import { errorPage, type PageLink } from './error-page.ts';
import { hasBody } from './gateway-request.ts';
import { type PathTable, pathOf } from '../routing/path-table.ts';
import type { RouteMatch } from '../routing/route.ts';
import type { RefusalLog } from './refusal-log.ts';
import { checkHead } from './request-head.ts';
import { hasRuneInQuery, RUNE_IN_URL } from './rune-header.ts';
import { wantsHtml } from './wants-html.ts';

/** Dependencies of a {@link RequestHandler}. */
export interface HandlerTools {
  readonly paths: PathTable;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: RefusalLog;
  /** Whether the gateway continues when the node stops, so that a request can succeed after the node has started. */
  readonly outlivesNode?: boolean;
  /** The links of error pages. */
  readonly links: readonly PageLink[];
}

/** Unread body bytes of a refused request up to which its connection is kept. */
const MAX_UNREAD_BODY = 64 * 1024;

/** Passes a request to its route, and reports a failure to the client and to the log. */
export class RequestHandler {
  readonly #tools: HandlerTools;
  #stopping = false;

  constructor(tools: HandlerTools) {
    this.#tools = tools;
  }

  /** Refuses every further request because the gateway is stopping. */
  stop(): void {
    this.#stopping = true;
  }

  /** Handles a request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    // The client disconnected while it was sent the response: `close` follows.
    response.on('error', ignore);
    this.#dispatch(request, response).catch((error: unknown) =>
      this.refuse(request, response, error),
    );
  }

  /** Refuses a request. Never throws. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof ClientDisconnected || response.destroyed) return;
    const refusal = this.#refusalOf(error);
    try {
      this.#tools.log.refused(refusal, request);
      if (response.headersSent) {
        // The head is sent: the client must not take an incomplete response for a complete one.
        response.destroy();
        return;
      }
      if (this.#mustClose(request, refusal)) response.shouldKeepAlive = false;
      const page = wantsHtml(request.headers)
        ? errorPage(refusal, this.#tools.links, request.url)
        : undefined;
      sendError(response, refusal, page);
    } catch (fault) {
      this.#tools.log.fault(fault);
      response.destroy();
    }
  }

  #refusalOf(error: unknown): Refusal {
    if (!(error instanceof Refusal)) return Refusal.of('internal', { cause: error });
    const isTemporary = error.kind === 'node_away' && this.#tools.outlivesNode === true;
    return isTemporary ? Refusal.of('node_restarting', { cause: error.cause }) : error;
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    const { route, captures } = findRoute(paths, method, url);
    await route({ request, response, captures });
  }

  /** Responds to OPTIONS, with the methods of the path. `setCorsHeaders` has set the headers of a preflight. */
  #options(response: ServerResponse, url: string): void {
    const methods = url === '*' ? ['GET', 'HEAD', 'POST'] : this.#tools.paths.allowed(pathOf(url));
    if (methods.length === 0) throw Refusal.of('path_not_found');
    allowMethods(response, methods);
    response.writeHead(204, { Allow: [...methods, 'OPTIONS'].join(', ') });
    response.end();
  }

  /**
   * Whether the connection ends with this refusal: after a fault, if a large part of the body is missing,
   * or if the client waits for 100 Continue, because it can omit the body.
   */
  #mustClose(request: IncomingMessage, { kind, headers }: Refusal): boolean {
    if (this.#stopping || kind === 'internal' || headers['Connection'] === 'close') return true;
    if (request.complete || !hasBody(request)) return false;
    if (request.headers.expect !== undefined) return true;
    return !(Number(request.headers['content-length']) <= MAX_UNREAD_BODY);
  }
}

/** Finds the route. Throws a {@link Refusal}, which names a rune in the URL if a browser opens the URL. */
function findRoute(paths: PathTable, method: string, url: string): RouteMatch {
  try {
    return paths.find(method, url);
  } catch (error) {
    const isNotPost = error instanceof Refusal && error.kind === 'not_post';
    if (!isNotPost || !hasRuneInQuery(url)) throw error;
    throw Refusal.of('not_post', { headers: error.headers, detail: RUNE_IN_URL });
  }
}

function ignore(): void {
  // `handle` says why.
}
