import type { IncomingMessage } from 'node:http';
import { errorKinds, Refusal } from '../errors.ts';
import { printable, printablePath } from './printable.ts';
import { Unlogged } from './unlogged.ts';

/** Takes a line for the node's log. */
export type Log = (level: 'debug' | 'info' | 'unusual' | 'broken', message: string) => void;

/** As many lines may come at once, … */
const BURST = 100;
/** … and so many a second in the long run. */
const PER_SECOND = 10;

/**
 * Writes one line for each request that was refused or failed, without runes, parameters or anything
 * else that a caller sent but the path. Of a flood some lines are written, and between them how many
 * were left out and what most of them were, all at a bounded rate.
 */
export class RefusalLog {
  readonly #log: Log;
  readonly #now: () => number;
  #tokens = BURST;
  #filled: number;
  readonly #unlogged = new Unlogged();

  /** `now` gives milliseconds of any epoch. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
    this.#filled = now();
  }

  /** Writes the line. `request` is there unless what came was no request. */
  refused(refusal: Refusal, request: IncomingMessage | undefined): void {
    const isBehind = !this.#unlogged.isEmpty;
    if (!this.#mayWrite(isBehind ? 2 : 1)) {
      this.#unlogged.add(refusal.kind);
      return;
    }
    if (isBehind) {
      const { level, message } = this.#unlogged.take();
      this.#log(level, message);
    }
    this.#log(errorKinds[refusal.kind].log, describe(refusal, request));
  }

  /** Writes that handling a connection failed in a way that nobody foresaw; the connection is gone. */
  fault(error: unknown): void {
    this.refused(Refusal.of('internal', { cause: error }), undefined);
  }

  #mayWrite(lines: number): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filled) / 1_000) * PER_SECOND);
    this.#filled = now;
    if (this.#tokens < lines) return false;
    this.#tokens -= lines;
    return true;
  }
}

/** `127.0.0.1 POST /v1/invoice: 401 rune_refused. Error code 1502: Not permitted: …` */
function describe(refusal: Refusal, request: IncomingMessage | undefined): string {
  const { kind, status, code } = refusal;
  const words = wordsOf(refusal);
  const what =
    request === undefined
      ? 'connection'
      : `${request.socket.remoteAddress ?? '?'} ${request.method ?? ''} ${printablePath(pathOnly(request.url))}`;
  return `${what}: ${status} ${kind}. Error code ${code}${words === undefined ? '' : `: ${words}`}`;
}

/** What may be said aloud. */
function wordsOf({ kind, code, message, cause }: Refusal): string | undefined {
  // The name of a parameter is the caller's, and so is the path.
  if (kind === 'duplicate_key' || kind === 'not_registered') return errorKinds[kind].message;
  switch (errorKinds[kind].code) {
    case 'node':
      // Why a rune was refused names what the rune demands, which whoever reads the log may know and
      // needs; all other words of the node may quote parameters, or the rune itself (`rune: should be base64 string: invalid token '"…"'`).
      return code === 1501 || code === 1502 || code === 1503 ? printable(message) : undefined;
    default:
      return printable(kind === 'internal' && cause instanceof Error ? trace(cause) : message);
  }
}

/** A bug is worth its stack; other causes are told by their kind. */
function trace(cause: Error): string {
  const places = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [cause.name, ...places.slice(0, 3).map((line) => line.trim())].join(' ');
}

/** Without the scheme and host that a client writes that takes us for a proxy. */
function pathOnly(url: string | undefined): string {
  return (url ?? '').replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}
