import { Expression } from './expression/expression.ts';
import { ExpressionError } from './expression/syntax.ts';

/** The web origins whose pages may read responses. */
export interface Origins {
  /** Whether all origins are allowed; responses then do not depend on the origin. */
  readonly all: boolean;
  allow(origin: string): boolean;
}

/** A serialised origin (RFC 6454, section 6.2), as opposed to a regular expression. */
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/i;
/** The same with `*` for at least one whole label or for the port. */
const WILDCARD =
  /^([a-z][a-z0-9+.-]*):\/\/((?:\*|[a-z0-9_-]+)(?:\.(?:\*|[a-z0-9_-]+))*)(?::(\*|[0-9]{1,5}))?$/i;
/** A host, also with `*` for a label, and a port. */
const SCHEMELESS =
  /^(?:[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*|\[[0-9a-f:.]+\])(?::(?:\*|[0-9]{1,5}))?\/?$/i;
/** The ports that browsers leave out. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };
/** Longer than any origin: a scheme, a host name of up to 253 characters, and a port. */
const MAX_ORIGIN_LENGTH = 300;

/**
 * Reads the values of `cors-origins`: `*`, origins, and regular expressions that must match the whole origin. A
 * value with the syntax of an origin is compared literally: `https://a.example` does not allow
 * `https://a-example`. In an origin, `*` is one whole label or the port.
 *
 * Throws an error with a sentence for a value that matches no origin, or whose expression is not supported. Clients can send any text as their origin;
 * matching takes linear time for every expression.
 *
 * @example
 * ```ts
 * import { readOrigins } from '@clnrest/gateway';
 * const origins = readOrigins(['https://a.example', 'https://*.b.example', 'http://localhost:[0-9]+']);
 * origins.allow('https://a.example') // => true
 * origins.allow('https://shop.b.example') // => true
 * origins.allow('https://my.shop.b.example') // => false
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
    if (pattern === '*') {
      all = true;
      continue;
    }
    rejectMistakes(pattern);
    const value = pattern.replace(/\/$/, '');
    const origin = originOf(value);
    if (origin !== undefined) exact.add(origin);
    else expressions.push(compile(wildcardExpression(value) ?? pattern));
  }
  return {
    all,
    allow: (origin) =>
      all ||
      (origin.length <= MAX_ORIGIN_LENGTH &&
        (exact.has(originOf(origin) ?? origin.toLowerCase()) ||
          expressions.some((expression) => expression.matches(origin)))),
  };
}

/** The origin as browsers write it; undefined if the value is not one. */
function originOf(value: string): string | undefined {
  if (value === 'null') return value;
  const [, scheme, host = '', port] = ORIGIN.exec(value.toLowerCase()) ?? [];
  if (scheme === undefined) return undefined;
  return `${scheme}://${host}${portText(scheme, port)}`;
}

/** The expression of an origin with `*` for whole labels or for the port; undefined if the value is not one. */
function wildcardExpression(value: string): string | undefined {
  const [, scheme, host = '', port] = WILDCARD.exec(value.toLowerCase()) ?? [];
  if (scheme === undefined || !value.includes('*')) return undefined;
  const labels = host.split('.').map((label) => (label === '*' ? '[a-z0-9_-]+' : label));
  const ports = port === '*' ? '(:[0-9]{1,5})?' : portText(scheme, port);
  return `${scheme.replace(/[+.]/g, '\\$&')}://${labels.join('\\.')}${ports}`;
}

function portText(scheme: string, port: string | undefined): string {
  return port === undefined || port === DEFAULT_PORTS[scheme] ? '' : `:${port}`;
}

/** Throws for a value that cannot match any origin, or that would match others than it seems to. */
function rejectMistakes(pattern: string): void {
  const problem = problemOf(pattern);
  if (problem !== undefined) throw new Error(`\`${pattern}\` ${problem}`);
}

function problemOf(pattern: string): string | undefined {
  if (/^["'`]|["'`]$/.test(pattern)) {
    return 'is in quotes, which belong to no origin: write `https://a.example`';
  }
  // A comma in braces belongs to a regular expression: `[0-9]{1,5}`.
  if (/:\/\/.*[\s,;].*:\/\//s.test(pattern) || /,(?![^{}]*\})/.test(pattern)) {
    return 'has several origins: write one option for each, `https://a.example` and `https://b.example`';
  }
  if (/\s/.test(pattern)) return 'has a blank, which no origin has';
  // Characters that a regular expression would have are allowed after the host.
  if (/^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._:*-]+\/[a-z0-9._~/-]+$/i.test(pattern)) {
    return 'has a path, which no origin has: write `https://a.example`';
  }
  if (SCHEMELESS.test(pattern) && pattern !== 'null' && !pattern.includes('.*')) {
    return `has no scheme, which every origin has: write \`https://${pattern.replace(/\/$/, '')}\``;
  }
  const isPlain = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._:*-]*\/?$/i.test(pattern);
  const isWildcard = WILDCARD.test(pattern.replace(/\/$/, ''));
  if (isPlain && pattern.includes('*') && !isWildcard && !pattern.includes('.*')) {
    return 'has a `*` that is not a whole label or port: write `https://*.example.com`, or a regular expression such as `https://[a-z0-9-]+\\.example\\.com`';
  }
  return undefined;
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
