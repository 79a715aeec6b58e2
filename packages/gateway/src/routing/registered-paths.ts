import { PathPattern } from './path-pattern.ts';
import { PathRefused } from './path-refused.ts';
import type { PathRegistration, RegistrableMethod } from './registration.ts';
import type { Route, RouteMatch } from './route.ts';

interface Entry {
  readonly registration: PathRegistration;
  readonly pattern: PathPattern;
  readonly route: Route;
}

/** Maximum number of registered paths: each request is compared with all of them. */
export const MAX_PATHS = 1_000;

/**
 * The registered paths. Refuses a path if an earlier one for the same HTTP method covers it: the new path would
 * match no request, or would replace the earlier path. If several paths match a request, the most specific one
 * takes precedence, independently of the order of registration.
 */
export class RegisteredPaths {
  /** The most specific ones first. */
  readonly #entries: Entry[] = [];
  readonly #registrations: PathRegistration[] = [];

  /** Throws a {@link PathRefused} if `add` would. */
  check(registration: PathRegistration): void {
    this.#read(registration);
  }

  /** Adds a path. Throws a {@link PathRefused} if the path conflicts with another or there are too many. */
  add(registration: PathRegistration, route: Route): void {
    const pattern = this.#read(registration);
    this.#entries.push({ registration, pattern, route });
    this.#entries.sort((one, two) => one.pattern.compare(two.pattern));
    this.#registrations.push(registration);
  }

  #read({ path, httpMethod }: PathRegistration): PathPattern {
    const pattern = new PathPattern(path);
    const conflict = this.#entries.find(
      ({ registration, pattern: other }) =>
        registration.httpMethod === httpMethod && other.covers(pattern),
    );
    if (conflict !== undefined) {
      throw new PathRefused(
        `Conflicting path '${path}' already exists with http_method: ${httpMethod}`,
        { conflictsWith: conflict.registration.path },
      );
    }
    if (this.#entries.length >= MAX_PATHS) {
      throw new PathRefused(`The limit of ${MAX_PATHS} registered paths is reached`);
    }
    return pattern;
  }

  /** Returns the matches of a request's path by HTTP method. */
  at(path: string): ReadonlyMap<RegistrableMethod, RouteMatch> {
    const found = new Map<RegistrableMethod, RouteMatch>();
    if (this.#entries.length === 0) return found;
    const segments = decodedSegments(path);
    for (const { registration, pattern, route } of this.#entries) {
      const { httpMethod } = registration;
      if (found.has(httpMethod)) continue;
      const captures = pattern.match(segments);
      if (captures !== undefined) found.set(httpMethod, { route, captures });
    }
    return found;
  }

  /** Returns all registrations in their order. */
  list(): readonly PathRegistration[] {
    return [...this.#registrations];
  }
}

/**
 * Splits a request's path into segments and then decodes them, so that an escaped slash is a character of a
 * segment.
 */
function decodedSegments(path: string): readonly string[] {
  const segments = path.slice(1).split('/');
  return path.includes('%') ? segments.map((segment) => decodeURIComponent(segment)) : segments;
}
