import { Refusal } from '../refusals.ts';
import { PathRefused } from './path-refused.ts';
import { RegisteredPaths } from './registered-paths.ts';
import { type PathRegistration, REGISTRABLE } from './registration.ts';
import type { Route, RouteMatch } from './route.ts';

/** HTTP methods that a path can serve, in the order in which `Allow` lists them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The detail for a path that exists without the slash at its end. */
export const TRAILING_SLASH = 'remove the slash at the end of the path';

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/**
 * Maps paths to routes. Built-in paths take precedence, then paths that plugins registered, then the prefix
 * `/v1/*`, which yields to registered paths.
 */
export class PathTable {
  #registered = new RegisteredPaths();
  readonly #builtIn = new Map<string, Map<string, Entry>>();
  readonly #prefixes: Prefix[] = [];
  #fallback: Route | undefined;

  /**
   * Adds a built-in path. GET adds HEAD as well. A path that ends in `/*` matches by its prefix, and the rest
   * is captured as `*`. Throws if the path is already in the table for this method.
   *
   * @param yields - whether registered paths take precedence
   */
  add(method: Method, path: string, route: Route, { yields = false } = {}): void {
    const methods = method === 'GET' ? (['GET', 'HEAD'] as const) : [method];
    for (const each of methods) this.#set(each, path, { route, yields });
  }

  /** Excludes one path from a prefix for a method. */
  except(method: Method, path: string): void {
    this.#set(method, path, { route: undefined, yields: false });
  }

  /** Sets the route of all paths that no other route serves, for HTTP methods that can be registered. */
  setFallback(route: Route): void {
    this.#fallback = route;
  }

  #set(method: Method, path: string, entry: Entry): void {
    if (path.endsWith('/*')) {
      this.#prefixes.push({ method, prefix: path.slice(0, -1), entry });
      return;
    }
    const entries = this.#builtIn.get(path) ?? new Map<string, Entry>();
    if (entries.has(method)) throw new Error(`${method} ${path} is already in the table`);
    entries.set(method, entry);
    this.#builtIn.set(path, entries);
  }

  /** Adds a registered path. Throws a {@link PathRefused}. */
  register(registration: PathRegistration, route: Route): void {
    this.checkRegistration(registration);
    this.#registered.add(registration, route);
  }

  /** Removes all registered paths. */
  clearRegistered(): void {
    this.#registered = new RegisteredPaths();
  }

  /** Throws a {@link PathRefused} if `register` would. */
  checkRegistration(registration: PathRegistration): void {
    const { path } = registration;
    if (this.#isReserved(`/${path}`)) {
      throw new PathRefused(`Path '${path}' is served by the REST server itself`);
    }
    this.#registered.check(registration);
  }

  /** The registered paths, in the order of their registration. */
  registrations(): readonly PathRegistration[] {
    return this.#registered.list();
  }

  /** Whether a registered path takes precedence over the command of this name. */
  isRegistered(path: string): boolean {
    return this.#registeredAt(path).size > 0;
  }

  /** Finds the route of a request. Throws a {@link Refusal} for 404 and 405. */
  find(method: string, url: string): RouteMatch {
    const path = pathOf(url);
    const found = this.#lookUp(method, path);
    if (found !== undefined && !found.yields) return found;
    const registered = this.#registeredAt(path);
    if (registered.size > 0) {
      const match = registered.get(method);
      if (match === undefined) throw notRegistered(path, method, this.allowed(path));
      return match;
    }
    if (found !== undefined) return found;
    const fallback = this.#fallbackFor(path);
    if (fallback !== undefined) return { route: fallback, captures: {} };
    const allowed = this.allowed(path);
    if (allowed.length > 0) throw notAllowed(path, allowed);
    const isMisplaced = path.includes('v1/') && !path.startsWith('/v1/');
    const isSlashed = path !== '/' && this.allowed(path.replace(/\/$/, '')).length > 0;
    throw Refusal.of(
      isMisplaced ? 'version_missing' : 'path_not_found',
      isSlashed ? { detail: TRAILING_SLASH } : {},
    );
  }

  /** The HTTP methods that a path serves. */
  allowed(path: string): readonly Method[] {
    if (this.#fallbackFor(path) !== undefined) return REGISTRABLE;
    const registered = this.#registeredAt(path);
    return METHODS.filter((method) =>
      registered.size > 0 ? registered.has(method) : this.#lookUp(method, path) !== undefined,
    );
  }

  #fallbackFor(path: string): Route | undefined {
    return this.#fallback !== undefined && !this.#isReserved(path) ? this.#fallback : undefined;
  }

  #registeredAt(path: string): ReadonlyMap<string, RouteMatch> {
    const found = this.#registered.at(path);
    return found.size > 0 && this.#isReserved(path) ? new Map() : found;
  }

  /** Whether a built-in path that does not yield matches, for any HTTP method. */
  #isReserved(path: string): boolean {
    return METHODS.some((method) => this.#lookUp(method, path)?.yields === false);
  }

  #lookUp(method: string, path: string): (RouteMatch & { readonly yields: boolean }) | undefined {
    const builtIn = this.#builtIn.get(path.includes('%') ? decodeURI(path) : path)?.get(method);
    if (builtIn !== undefined) {
      return builtIn.route && { route: builtIn.route, yields: builtIn.yields, captures: {} };
    }
    for (const { method: served, prefix, entry } of this.#prefixes) {
      if (served !== method || !path.startsWith(prefix) || entry.route === undefined) continue;
      const rest = decodeURIComponent(path.slice(prefix.length));
      return { route: entry.route, yields: entry.yields, captures: { '*': rest } };
    }
    return undefined;
  }
}

interface Entry {
  /** `undefined` if the path is excluded. */
  readonly route: Route | undefined;
  readonly yields: boolean;
}

interface Prefix {
  readonly method: Method;
  readonly prefix: string;
  readonly entry: Entry;
}

/** Returns a request target without the scheme and host that a client sends to a proxy (RFC 9112, section 3.2.2). */
export function targetOf(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '') || '/';
}

/**
 * Returns the path of a request target: without the query, the scheme and the host. Throws a {@link Refusal} if the path has
 * invalid escapes.
 */
export function pathOf(url: string): string {
  const target = targetOf(url);
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
  const headers = { Allow: allowed.join(', ') };
  if (!allowed.includes('POST')) return Refusal.of('not_get', { headers });
  if (!path.startsWith('/v1/')) return Refusal.of('not_get_or_post', { headers });
  return Refusal.of(
    'not_post',
    /^\/v1\/[^/]+\/$/.test(path) ? { headers, detail: TRAILING_SLASH } : { headers },
  );
}
