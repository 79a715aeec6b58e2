import { PathPattern } from './path-pattern.ts';
import { PathRefused } from './path-refused.ts';
import type { PathRegistration, RegistrableMethod } from './registration.ts';
import type { Route, RouteMatch } from './route.ts';

interface Entry {
  readonly registration: PathRegistration;
  readonly pattern: PathPattern;
  readonly route: Route;
}

/** How many there may be: each is looked at for every request. */
export const MAX_PATHS = 1_000;

/**
 * The paths that were registered. A path is refused where an earlier one for its HTTP method means all
 * that it means: it would never be reached, or take the other's place. Of several that mean the path of
 * a request, the most special one goes first, whatever the order in which plugins happen to start.
 */
export class RegisteredPaths {
  /** The most special ones first. */
  readonly #entries: Entry[] = [];
  readonly #registrations: PathRegistration[] = [];

  /** Throws a {@link PathRefused} where `add` would. */
  check(registration: PathRegistration): void {
    this.#read(registration);
  }

  /** Adds a path. Throws a {@link PathRefused} where it conflicts with one, or there are too many. */
  add(registration: PathRegistration, route: Route): void {
    const pattern = this.#read(registration);
    this.#entries.push({ registration, pattern, route });
    this.#entries.sort((one, two) => one.pattern.compare(two.pattern));
    this.#registrations.push(registration);
  }

  #read({ path, httpMethod }: PathRegistration): PathPattern {
    const pattern = new PathPattern(path);
    const obstacle = this.#entries.find(
      ({ registration, pattern: other }) =>
        registration.httpMethod === httpMethod && other.covers(pattern),
    );
    if (obstacle !== undefined) {
      throw new PathRefused(
        `Conflicting path '${path}' already exists with http_method: ${httpMethod}`,
        { conflictsWith: obstacle.registration.path },
      );
    }
    if (this.#entries.length >= MAX_PATHS) {
      throw new PathRefused(`There are ${MAX_PATHS} registered paths already`);
    }
    return pattern;
  }

  /** Where a request's path leads, by HTTP method; nowhere if nobody has registered it. */
  at(path: string): ReadonlyMap<RegistrableMethod, RouteMatch> {
    const found = new Map<RegistrableMethod, RouteMatch>();
    if (this.#entries.length === 0) return found;
    const parts = decodedParts(path);
    for (const { registration, pattern, route } of this.#entries) {
      const { httpMethod } = registration;
      if (found.has(httpMethod)) continue;
      const captures = pattern.match(parts);
      if (captures !== undefined) found.set(httpMethod, { route, captures });
    }
    return found;
  }

  /** All that were registered, the first one first. */
  list(): readonly PathRegistration[] {
    return [...this.#registrations];
  }
}

/**
 * The parts of a request's path. Escapes are resolved after it was taken apart, so that an escaped
 * slash is a character of a part.
 */
function decodedParts(path: string): readonly string[] {
  const parts = path.slice(1).split('/');
  return path.includes('%') ? parts.map((part) => decodeURIComponent(part)) : parts;
}
