import type { IncomingMessage, ServerResponse } from 'node:http';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { Refusal } from '../errors.ts';

/** A request, where its answer goes, and the parts of its path that the pattern left open. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly captures: Readonly<Record<string, string | undefined>>;
}

/** Answers what comes to a path. Throws a {@link Refusal}, or whatever it met. */
export type Route = (exchange: Exchange) => void | Promise<void>;

/** Where a request goes. */
export interface Found {
  readonly route: Route;
  readonly captures: Exchange['captures'];
}

/** HTTP methods that a path may be there for, in the order in which `Allow` lists them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies HTTPMethod[];

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/**
 * Which path leads where. Patterns may have `:captures` and end in `*`; a path without any goes first.
 * Paths may be added and removed while requests come.
 */
export class PathTable {
  readonly #router = findMyWay({
    // A longer one is refused for its length, or for what it holds, by those who know why.
    maxParamLength: 65_536,
    // Query strings are no part of any path.
    querystringParser: () => ({}),
  });

  /** Adds a path. GET brings HEAD along. Throws where there is one already that matches the same. */
  add(method: Method, pattern: string, route: Route): void {
    const methods = method === 'GET' ? (['GET', 'HEAD'] as const) : [method];
    this.#router.on([...methods], pattern, () => undefined, { route } satisfies Entry);
  }

  /** Makes a path something that is not there for a method, though a pattern would match it. */
  except(method: Method, path: string): void {
    this.#router.on(method, path, () => undefined, {} satisfies Entry);
  }

  /** Removes what `add` or `except` added. */
  remove(method: Method, pattern: string): void {
    this.#router.off(method === 'GET' ? ['GET', 'HEAD'] : method, pattern);
  }

  /** Finds where a request goes. Throws a {@link Refusal} for 404 and 405. */
  find(method: string, url: string): Found {
    const path = pathOf(url);
    const found = this.#look(method, path);
    if (found !== undefined) return found;
    const allowed = this.allowed(path);
    if (allowed.length > 0) throw notAllowed(path, allowed);
    const isMisplaced = path.includes('v1/') && !path.startsWith('/v1/');
    throw Refusal.of(isMisplaced ? 'version_missing' : 'path_not_found');
  }

  /** The HTTP methods that a path is there for. */
  allowed(path: string): readonly Method[] {
    return METHODS.filter((method) => this.#look(method, path) !== undefined);
  }

  #look(method: string, path: string): Found | undefined {
    const found = this.#router.find(method as HTTPMethod, path);
    if (found === null) return undefined;
    const { route } = found.store as Entry;
    return route && { route, captures: found.params };
  }
}

interface Entry {
  readonly route?: Route;
}

/**
 * The path of a request target: without the query, and without the scheme and host that a client
 * writes who takes us for a proxy (RFC 9112, section 3.2.2). Throws where it does not decode.
 */
export function pathOf(url: string): string {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '') || '/';
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end) || '/';
  if (!path.startsWith('/')) throw Refusal.of('path_not_found');
  if (path.includes('%')) {
    try {
      decodeURIComponent(path);
    } catch (cause) {
      throw Refusal.of('path_not_found', { cause });
    }
  }
  return path;
}

function notAllowed(path: string, allowed: readonly Method[]): Refusal {
  const isCommand = path.startsWith('/v1/') && allowed.includes('POST');
  return Refusal.of(isCommand ? 'not_post' : 'not_get', { headers: { Allow: allowed.join(', ') } });
}
