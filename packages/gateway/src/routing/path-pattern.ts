import { PathRefused } from './path-refused.ts';

/** A path segment: a literal, or a capture with a prefix and a suffix. */
interface Segment {
  /** The whole literal if the segment has no capture. */
  readonly prefix: string;
  readonly capture: string | undefined;
  readonly suffix: string;
}

const SEGMENT = /^([^{}]*)(?:\{([^{}]*)\}([^{}]*))?$/;

/** The characters of parameter names: captures become parameters. */
const CAPTURE = /^[A-Za-z0-9_.-]+$/;

/** Punctuation, which `checkrune` ignores in parameter names. */
const PUNCTUATION = /[_.-]/g;

/** Characters that are invalid in a path, start an escape or end the path (RFC 3986, section 3.3). */
// oxlint-disable-next-line no-control-regex -- control characters are among them
const INVALID = /[\u0000-\u001f\u007f?#%\\]/;

/**
 * A pattern such as `v{version}/user/{name}` that matches paths. A capture matches at least one character and
 * stays within its segment. A segment has at most one capture, so a path matches in one way only.
 */
export class PathPattern {
  readonly #segments: readonly Segment[];

  /** Parses a path without leading and trailing slashes. Throws a {@link PathRefused}. */
  constructor(path: string) {
    this.#segments = path.split('/').map(readSegment);
    const names = new Set<string>();
    for (const { capture } of this.#segments) {
      if (capture === undefined) continue;
      const bare = capture.replace(PUNCTUATION, '');
      if (names.has(bare)) throw new PathRefused(`Duplicate capture: ${capture}`);
      names.add(bare);
    }
  }

  /**
   * Returns the captures of a path, given as its decoded segments, or `undefined` if the path does not match.
   */
  match(path: readonly string[]): Record<string, string> | undefined {
    if (path.length !== this.#segments.length) return undefined;
    const captures: [string, string][] = [];
    for (const [index, segment] of this.#segments.entries()) {
      const text = path[index] ?? '';
      if (!matches(segment, text)) return undefined;
      const { prefix, capture, suffix } = segment;
      if (capture !== undefined) {
        captures.push([capture, text.slice(prefix.length, text.length - suffix.length)]);
      }
    }
    return Object.fromEntries(captures);
  }

  /** Whether this pattern matches every path that the other one matches. */
  covers(other: PathPattern): boolean {
    return (
      this.#segments.length === other.#segments.length &&
      this.#segments.every((segment, index) => segmentCovers(segment, other.#segments[index]))
    );
  }

  /**
   * Orders patterns by precedence: returns less than 0 if this pattern takes precedence for paths that match both.
   * The pattern that is more specific in the first differing segment takes precedence.
   */
  compare(other: PathPattern): number {
    // No path matches both, but a total order needs a result for these patterns as well.
    if (this.#segments.length !== other.#segments.length) {
      return this.#segments.length - other.#segments.length;
    }
    for (const [index, segment] of this.#segments.entries()) {
      const difference = compareSegments(segment, other.#segments[index]);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

function readSegment(text: string): Segment {
  if (text === '') throw new PathRefused('Path must not have empty segments');
  if (text === '.' || text === '..') {
    throw new PathRefused('Path must not have the segments `.` and `..`: clients resolve them');
  }
  if (INVALID.test(text) || !text.isWellFormed()) {
    throw new PathRefused(
      'Path must not have `?`, `#`, `%`, `\\` or control characters: write other characters without escapes',
    );
  }
  const match = SEGMENT.exec(text);
  if (match === null) {
    throw new PathRefused(
      /\{[^{}]*\}.*\{/.test(text)
        ? 'Only one parameter is allowed per path segment'
        : 'Path has unbalanced braces',
    );
  }
  const [, prefix = '', capture, suffix = ''] = match;
  if (capture !== undefined && !CAPTURE.test(capture)) {
    throw new PathRefused('A capture must have a name of letters, digits, `_`, `-` and `.`');
  }
  return { prefix, capture, suffix };
}

function matches({ prefix, capture, suffix }: Segment, text: string): boolean {
  if (capture === undefined) return text === prefix;
  return (
    text.length > prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix)
  );
}

function segmentCovers(general: Segment, specific: Segment | undefined): boolean {
  if (specific === undefined) return false;
  if (specific.capture === undefined) return matches(general, specific.prefix);
  return (
    general.capture !== undefined &&
    specific.prefix.startsWith(general.prefix) &&
    specific.suffix.endsWith(general.suffix)
  );
}

function compareSegments(one: Segment, two: Segment | undefined): number {
  if (two === undefined) return 0;
  if (one.capture === undefined || two.capture === undefined) {
    return Number(one.capture !== undefined) - Number(two.capture !== undefined);
  }
  return two.prefix.length - one.prefix.length || two.suffix.length - one.suffix.length;
}
