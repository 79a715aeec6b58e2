import { Refusal } from '../errors.ts';
import { PathRefused } from './path-refused.ts';
import { RegisteredPaths } from './registered-paths.ts';
import type { PathRegistration } from './registration.ts';
import type { Route, RouteMatch } from './route.ts';

/** HTTP methods that a path may be there for, in the order in which `Allow` lists them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/**
 * Maps paths to routes: paths of our own, those under one prefix (`/v1/*`), and paths that others
 * register. A path of our own goes first, then a registered one, then the prefix if it yields.
 */
export class PathTable {
  readonly #registered = new RegisteredPaths();
  readonly #own = new Map<string, Map<string, Entry>>();
  readonly #prefixes: Prefix[] = [];

  /**
   * Adds a path; GET adds HEAD as well. A path that ends in `/*` means all that begin so: the rest is
   * captured as `*`. Throws if the method has this path already.
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

  #set(method: Method, path: string, entry: Entry): void {
    if (path.endsWith('/*')) {
      this.#prefixes.push({ method, prefix: path.slice(0, -1), entry });
      return;
    }
    const entries = this.#own.get(path) ?? new Map<string, Entry>();
    if (entries.has(method)) throw new Error(`${method} ${path} is in the table already`);
    entries.set(method, entry);
    this.#own.set(path, entries);
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
  find(method: string, url: string): RouteMatch {
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

  #registeredAt(path: string): ReadonlyMap<string, RouteMatch> {
    const found = this.#registered.at(path);
    return found.size > 0 && this.#isOurs(path) ? new Map() : found;
  }

  /** Whether the path is one that we serve, by whatever HTTP method, and don't give away. */
  #isOurs(path: string): boolean {
    return METHODS.some((method) => this.#look(method, path)?.yields === false);
  }

  #look(method: string, path: string): (RouteMatch & { readonly yields: boolean }) | undefined {
    const own = this.#own.get(path.includes('%') ? decodeURI(path) : path)?.get(method);
    if (own !== undefined) {
      return own.route && { route: own.route, yields: own.yields, captures: {} };
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
  /** None if the path is excluded. */
  readonly route: Route | undefined;
  readonly yields: boolean;
}

interface Prefix {
  readonly method: Method;
  readonly prefix: string;
  readonly entry: Entry;
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
