import type { IncomingMessage, ServerResponse } from 'node:http';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { Refusal } from '../errors.ts';
import { PathRefused } from '../paths/path-refused.ts';
import { RegisteredPaths } from '../paths/registered-paths.ts';
import type { PathRegistration } from '../paths/registration.ts';

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
 *
 * Others may register paths of theirs. They go behind what is served here, and before what yields to
 * them: the commands of the node.
 */
export class PathTable {
  readonly #registered = new RegisteredPaths();
  readonly #router = findMyWay({
    // A longer one is refused for its length, or for what it holds, by those who know why.
    maxParamLength: 65_536,
    // Query strings are no part of any path.
    querystringParser: () => ({}),
  });

  /**
   * Adds a path. GET brings HEAD along. Throws where there is one already that matches the same.
   *
   * @param yields - whether paths that are registered go before it
   */
  add(method: Method, pattern: string, route: Route, { yields = false } = {}): void {
    const methods = method === 'GET' ? (['GET', 'HEAD'] as const) : [method];
    this.#router.on([...methods], pattern, () => undefined, { route, yields } satisfies Entry);
  }

  /** Makes a path something that is not there for a method, though a pattern would match it. */
  except(method: Method, path: string): void {
    this.#router.on(method, path, () => undefined, { yields: false } satisfies Entry);
  }

  /** Removes what `add` or `except` added. */
  remove(method: Method, pattern: string): void {
    this.#router.off(method === 'GET' ? ['GET', 'HEAD'] : method, pattern);
  }

  /** Lets a path of somebody else's lead somewhere. Throws a {@link PathRefused} where it can't. */
  register(registration: PathRegistration, route: Route): void {
    this.checkRegistration(registration);
    this.#registered.add(registration, route);
  }

  /** Throws a {@link PathRefused} where `register` would. */
  checkRegistration(registration: PathRegistration): void {
    const { path } = registration;
    if (this.#isOurs(`/${path}`)) {
      throw new PathRefused(`Path '${path}' is served by the REST server itself`);
    }
    this.#registered.check(registration);
  }

  /** The paths that were registered, the first one first. */
  registrations(): readonly PathRegistration[] {
    return this.#registered.list();
  }

  /** Whether a path leads where somebody registered it to, and not to the command of its name. */
  isRegistered(path: string): boolean {
    return this.#registeredAt(path).size > 0;
  }

  /** Finds where a request goes. Throws a {@link Refusal} for 404 and 405. */
  find(method: string, url: string): Found {
    const path = pathOf(url);
    const found = this.#look(method, path);
    if (found !== undefined && !found.yields) return found;
    const registered = this.#registeredAt(path);
    if (registered.size > 0) {
      const theirs = registered.get(method);
      if (theirs === undefined) throw notRegistered(path, method, this.allowed(path));
      return theirs;
    }
    if (found !== undefined) return found;
    const allowed = this.allowed(path);
    if (allowed.length > 0) throw notAllowed(path, allowed);
    const isMisplaced = path.includes('v1/') && !path.startsWith('/v1/');
    throw Refusal.of(isMisplaced ? 'version_missing' : 'path_not_found');
  }

  /** The HTTP methods that a path is there for. */
  allowed(path: string): readonly Method[] {
    const registered = this.#registeredAt(path);
    return METHODS.filter((method) =>
      registered.size > 0 ? registered.has(method) : this.#look(method, path) !== undefined,
    );
  }

  #registeredAt(path: string): ReadonlyMap<string, Found> {
    const found = this.#registered.at(path);
    return found.size > 0 && this.#isOurs(path) ? new Map() : found;
  }

  /** Whether the path is one that we serve, by whatever HTTP method, and don't give away. */
  #isOurs(path: string): boolean {
    return METHODS.some((method) => this.#look(method, path)?.yields === false);
  }

  #look(method: string, path: string): (Found & { readonly yields: boolean }) | undefined {
    const found = this.#router.find(method as HTTPMethod, path);
    if (found === null) return undefined;
    const { route, yields } = found.store as Entry;
    return route && { route, yields, captures: found.params };
  }
}

interface Entry {
  readonly route?: Route;
  readonly yields: boolean;
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

function notRegistered(path: string, method: string, allowed: readonly Method[]): Refusal {
  return Refusal.of('not_registered', {
    detail: `${path.slice(1)} has no http_method:${method} registered`,
    headers: { Allow: allowed.join(', ') },
  });
}

function notAllowed(path: string, allowed: readonly Method[]): Refusal {
  const isCommand = path.startsWith('/v1/') && allowed.includes('POST');
  return Refusal.of(isCommand ? 'not_post' : 'not_get', { headers: { Allow: allowed.join(', ') } });
}
