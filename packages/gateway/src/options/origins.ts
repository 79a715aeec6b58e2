import { Expression } from './expression/expression.ts';
import { ExpressionError } from './expression/syntax.ts';

/** Which web origins may read our answers. */
export interface Origins {
  /** All of them: answers need not differ by origin. */
  readonly all: boolean;
  allow(origin: string): boolean;
}

/** A serialised origin (RFC 6454, section 6.2), as opposed to a regular expression. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;
/** No origin is longer: scheme, host name of 253 characters, port. */
const MAX_ORIGIN_LENGTH = 300;

/**
 * Reads what `cors-origins` lists: `*`, origins, and regular expressions that the whole origin must
 * match. Something that is an origin by its looks is one, dots and all: `https://a.example` does not
 * let `https://a-example` in.
 *
 * Throws with a sentence for an expression that is not supported. Origins are whatever a caller sends:
 * to match one takes time in proportion to its length, whatever the expression is.
 *
 * @example
 * ```ts
 * import { readOrigins } from '@clnrest/gateway';
 * const origins = readOrigins(['https://a.example', 'http://localhost:[0-9]+']);
 * origins.allow('https://a.example') // => true
 * origins.allow('http://localhost:5500') // => true
 * origins.allow('http://localhost:5500.evil.example') // => false
 * ```
 */
export function readOrigins(patterns: readonly string[]): Origins {
  if (patterns.length === 0) throw new Error('it must not be empty');
  const exact = new Set<string>();
  const expressions: Expression[] = [];
  let all = false;
  for (const pattern of patterns) {
    if (pattern === '*') all = true;
    else if (pattern === 'null' || ORIGIN.test(pattern)) exact.add(pattern.toLowerCase());
    else expressions.push(compile(pattern));
  }
  return {
    all,
    allow: (origin) =>
      all ||
      (origin.length <= MAX_ORIGIN_LENGTH &&
        (exact.has(origin.toLowerCase()) ||
          expressions.some((expression) => expression.matches(origin)))),
  };
}

function compile(pattern: string): Expression {
  try {
    return new Expression(pattern);
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new Error(
      `\`${pattern}\` is neither an origin nor a supported regular expression: ${cause.message}`,
      { cause },
    );
  }
}
