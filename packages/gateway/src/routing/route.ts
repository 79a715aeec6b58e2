import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request, the response to it, and what its path has in place of the pattern's captures. */
export interface RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly captures: Readonly<Record<string, string | undefined>>;
}

/** Handles the requests for a path. Throws a `Refusal` for the client, or any other error. */
export type Route = (context: RequestContext) => void | Promise<void>;

/** The route that matches a request, and what its path captured. */
export interface RouteMatch {
  readonly route: Route;
  readonly captures: RequestContext['captures'];
}
