import { PathRefused } from './path-refused.ts';

/** What stands between two slashes: a text, or a capture with a text before and a text behind it. */
interface Part {
  readonly before: string;
  readonly capture: string | undefined;
  readonly behind: string;
}

const PART = /^([^{}]*)(?:\{([^{}]*)\}([^{}]*))?$/;

/** Captures become parameters, and commands have these characters in the names of theirs. */
const CAPTURE = /^[A-Za-z0-9_.-]+$/;

/** Punctuation, without which the node's judge finds a parameter too. */
const PUNCTUATION = /[_.-]/g;

/** What cannot stand in a path, is an escape there, or ends it (RFC 3986, section 3.3). */
// oxlint-disable-next-line no-control-regex -- control characters are among it
const IMPOSSIBLE = /[\u0000-\u001f\u007f?#%\\]/;

/**
 * Which paths are meant by a text such as `v{version}/user/{name}`: captures take what stands in their
 * place, at least one character and never a slash between parts. A part has one capture at most, so
 * that no path can be taken apart in two ways.
 */
export class PathPattern {
  readonly #parts: readonly Part[];

  /** Reads a path without slashes around it. Throws a {@link PathRefused}. */
  constructor(path: string) {
    this.#parts = path.split('/').map(readPart);
    const names = new Set<string>();
    for (const { capture } of this.#parts) {
      if (capture === undefined) continue;
      const bare = capture.replace(PUNCTUATION, '');
      if (names.has(bare)) throw new PathRefused(`Duplicate capture: ${capture}`);
      names.add(bare);
    }
  }

  /**
   * What the captures take of a path, given as its parts with their escapes resolved; nothing if the
   * path is not meant.
   */
  match(parts: readonly string[]): Record<string, string> | undefined {
    if (parts.length !== this.#parts.length) return undefined;
    const captures: [string, string][] = [];
    for (const [index, part] of this.#parts.entries()) {
      const text = parts[index] ?? '';
      if (!fits(part, text)) return undefined;
      const { before, capture, behind } = part;
      if (capture !== undefined) {
        captures.push([capture, text.slice(before.length, text.length - behind.length)]);
      }
    }
    return Object.fromEntries(captures);
  }

  /** Whether it means every path that the other one does. */
  covers(special: PathPattern): boolean {
    return (
      this.#parts.length === special.#parts.length &&
      this.#parts.every((part, index) => partCovers(part, special.#parts[index]))
    );
  }

  /**
   * Less than 0 if this one goes first where both mean a path: the one that is the more special in the
   * first part in which they differ. What covers another goes behind it.
   */
  compare(other: PathPattern): number {
    // They have no path in common; but only so is there one order of all.
    if (this.#parts.length !== other.#parts.length) return this.#parts.length - other.#parts.length;
    for (const [index, part] of this.#parts.entries()) {
      const difference = compareParts(part, other.#parts[index]);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

function readPart(text: string): Part {
  if (text === '') throw new PathRefused('Path must not have empty parts');
  if (text === '.' || text === '..') {
    throw new PathRefused('Path must not have `.` or `..` as a part: clients resolve them');
  }
  if (IMPOSSIBLE.test(text) || !text.isWellFormed()) {
    throw new PathRefused(
      'Path must not have `?`, `#`, `%`, `\\` or control characters in it: what a URL escapes is written as it is',
    );
  }
  const match = PART.exec(text);
  if (match === null) {
    throw new PathRefused(
      /\{[^{}]*\}.*\{/.test(text)
        ? 'Only one parameter is allowed per path segment'
        : 'Path has braces that do not match',
    );
  }
  const [, before = '', capture, behind = ''] = match;
  if (capture !== undefined && !CAPTURE.test(capture)) {
    throw new PathRefused(
      'A capture must have a name of letters, digits, `_`, `-` and `.`, as parameters have',
    );
  }
  return { before, capture, behind };
}

/** The name of a capture plays no role in this, nor in what follows. */
function fits({ before, capture, behind }: Part, text: string): boolean {
  if (capture === undefined) return text === before;
  return (
    text.length > before.length + behind.length && text.startsWith(before) && text.endsWith(behind)
  );
}

function partCovers(general: Part, special: Part | undefined): boolean {
  if (special === undefined) return false;
  if (special.capture === undefined) return fits(general, special.before);
  return (
    general.capture !== undefined &&
    special.before.startsWith(general.before) &&
    special.behind.endsWith(general.behind)
  );
}

function compareParts(one: Part, two: Part | undefined): number {
  if (two === undefined) return 0;
  if (one.capture === undefined || two.capture === undefined) {
    return Number(one.capture !== undefined) - Number(two.capture !== undefined);
  }
  return two.before.length - one.before.length || two.behind.length - one.behind.length;
}
