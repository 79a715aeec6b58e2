import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request, its response, and the texts that the pattern captures from its path. */
export interface RequestContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly captures: Readonly<Record<string, string | undefined>>;
}

/** Handles the requests for a path. Throws a `Refusal` for the client, or any other error. */
export type Route = (context: RequestContext) => void | Promise<void>;

/** The route that matches a request, and the captures of its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly captures: RequestContext['captures'];
}
