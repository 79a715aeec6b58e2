import type { IncomingMessage } from 'node:http';
import { type ErrorName, errorKinds, Refusal } from '../refusals.ts';
import { TrustedProxies } from '../options/trusted-proxies.ts';
import type { RequestIds } from './request-ids.ts';
import { printable, printablePath } from './printable.ts';
import { SuppressedRefusals } from './suppressed-refusals.ts';

/** Writes a line to the node's log. */
export type Log = (level: 'debug' | 'info' | 'unusual' | 'broken', message: string) => void;

/** Optional dependencies of a {@link RefusalLog}. */
export interface RefusalLogTools {
  /** Called for each refusal, also for those that are not logged. */
  readonly count?: ((kind: ErrorName) => void) | undefined;
  /** The ids that the lines end with. */
  readonly requestIds?: RequestIds | undefined;
  /** The proxies whose clients the lines name. By default none. */
  readonly proxies?: TrustedProxies | undefined;
  /** Returns milliseconds since any epoch. */
  readonly now?: (() => number) | undefined;
}

/** Lines that can follow each other without delay. */
const BURST = 100;
/** Lines a second after a burst. */
const PER_SECOND = 10;

/**
 * Logs one line for each request that was refused or failed. Of what the client sent, a line holds only the
 * path: no rune, no parameters. The rate of lines is bounded. If refusals exceed it, further lines
 * summarize the suppressed ones.
 */
export class RefusalLog {
  readonly #log: Log;
  readonly #count: (kind: ErrorName) => void;
  readonly #requestIds: RequestIds | undefined;
  readonly #proxies: TrustedProxies;
  readonly #now: () => number;
  #tokens = BURST;
  #filled: number;
  readonly #suppressed = new SuppressedRefusals();

  constructor(
    log: Log,
    {
      count = () => undefined,
      requestIds,
      proxies = TrustedProxies.of([]),
      now = () => performance.now(),
    }: RefusalLogTools = {},
  ) {
    this.#log = log;
    this.#count = count;
    this.#requestIds = requestIds;
    this.#proxies = proxies;
    this.#now = now;
    this.#filled = now();
  }

  /** Logs a refusal. Malformed input has no `request`. */
  refused(refusal: Refusal, request: IncomingMessage | undefined): void {
    this.#count(refusal.kind);
    const hasSuppressed = !this.#suppressed.isEmpty;
    if (!this.#acquireLines(hasSuppressed ? 2 : 1)) {
      this.#suppressed.add(refusal.kind);
      return;
    }
    if (hasSuppressed) {
      const { level, message } = this.#suppressed.takeSummary();
      this.#log(level, message);
    }
    this.#log(errorKinds[refusal.kind].log, this.#describe(refusal, request));
  }

  /** Logs an unexpected exception while a connection was handled. */
  fault(error: unknown): void {
    this.refused(Refusal.of('internal', { cause: error }), undefined);
  }

  /** `127.0.0.1 POST /v1/invoice: 401 rune_refused. Error code 1502: Not permitted: … (request 3f9a1c-7)` */
  #describe(refusal: Refusal, request: IncomingMessage | undefined): string {
    const { kind, status, code } = refusal;
    const text = loggableMessage(refusal);
    const what =
      request === undefined
        ? 'connection'
        : `${this.#proxies.clientOfRequest(request)} ${request.method ?? ''} ${printablePath(pathOnly(request.url))}`;
    const id = request === undefined ? undefined : this.#requestIds?.of(request);
    const end = id === undefined ? '' : ` (request ${id})`;
    return `${what}: ${status} ${kind}. Error code ${code}${text === undefined ? '' : `: ${text}`}${end}`;
  }

  #acquireLines(lines: number): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filled) / 1_000) * PER_SECOND);
    this.#filled = now;
    if (this.#tokens < lines) return false;
    this.#tokens -= lines;
    return true;
  }
}

/** The part of the message that is safe to log. */
function loggableMessage({ kind, code, message, cause }: Refusal): string | undefined {
  // The detail holds a parameter's name or a path, both of which the client chose.
  if (kind === 'duplicate_key' || kind === 'not_registered') return errorKinds[kind].message;
  switch (errorKinds[kind].code) {
    case 'node':
      // These messages name the restriction that failed, which operators need. All other messages of the
      // node can quote parameters, or the rune itself (`rune: should be base64 string: invalid token '"…"'`).
      return code === 1501 || code === 1502 || code === 1503 ? printable(message) : undefined;
    default:
      return printable(kind === 'internal' && cause instanceof Error ? trace(cause) : message);
  }
}

/** The name of an exception and its first stack frames, without its message. */
function trace(cause: Error): string {
  const places = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [cause.name, ...places.slice(0, 3).map((line) => line.trim())].join(' ');
}

/** Removes the query, and the scheme and host that a client sends to a proxy. */
function pathOnly(url: string | undefined): string {
  return (url ?? '').replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}
