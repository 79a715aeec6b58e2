import { Expression } from './expression/expression.ts';
import { ExpressionError } from './expression/syntax.ts';

/** The web origins whose pages may read responses. */
export interface Origins {
  /** Whether all origins are allowed; responses then do not depend on the origin. */
  readonly all: boolean;
  allow(origin: string): boolean;
}

/** A serialised origin (RFC 6454, section 6.2), as opposed to a regular expression. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;
/** Longer than any origin: a scheme, a host name of up to 253 characters, and a port. */
const MAX_ORIGIN_LENGTH = 300;

/**
 * Reads the values of `cors-origins`: `*`, origins, and regular expressions that must match the whole origin. A
 * value with the syntax of an origin is compared literally: `https://a.example` does not allow
 * `https://a-example`.
 *
 * Throws an error with a sentence if an expression is not supported. Clients can send any text as their origin;
 * matching takes linear time for every expression.
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
      `\`${pattern}\` is not an origin or a supported regular expression: ${cause.message}`,
      { cause },
    );
  }
}
