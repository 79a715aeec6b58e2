import type { IncomingMessage } from 'node:http';
import { errorKinds, type Refusal } from '../errors.ts';
import { printable } from './printable.ts';

/** Takes a line for the node's log. */
export type Log = (level: 'debug' | 'info' | 'unusual' | 'broken', message: string) => void;

/** As many lines may come at once, … */
const BURST = 100;
/** … and so many a second in the long run. */
const PER_SECOND = 10;

/**
 * Writes one line for each request that was refused or failed, without runes, parameters or anything
 * else that a caller sent but the path. A flood of refusals gives a few lines a second and a count of
 * the rest.
 */
export class RefusalLog {
  readonly #log: Log;
  readonly #now: () => number;
  #tokens = BURST;
  #filled: number;
  #suppressed = 0;

  /** `now` gives milliseconds of any epoch. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
    this.#filled = now();
  }

  /** Writes the line. `request` is there unless what came was no request. */
  refused(refusal: Refusal, request: IncomingMessage | undefined): void {
    if (!this.#mayWrite()) {
      this.#suppressed++;
      return;
    }
    if (this.#suppressed > 0) {
      this.#log('info', `${this.#suppressed} more requests were refused, too many to log each`);
      this.#suppressed = 0;
    }
    this.#log(errorKinds[refusal.kind].log, describe(refusal, request));
  }

  #mayWrite(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filled) / 1_000) * PER_SECOND);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
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
      : `${request.socket.remoteAddress ?? '?'} ${request.method ?? ''} ${printable(pathOnly(request.url))}`;
  return `${what}: ${status} ${kind}. Error code ${code}${words === undefined ? '' : `: ${words}`}`;
}

/** What may be said aloud. */
function wordsOf({ kind, code, message, cause }: Refusal): string | undefined {
  switch (errorKinds[kind].code) {
    case 'node':
      // Why a rune was refused names what the rune demands; all other words of the node may quote
      // parameters, or the rune itself (`rune: should be base64 string: invalid token '"…"'`).
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

function pathOnly(url: string | undefined): string {
  return (url ?? '').replace(/[?#].*$/s, '');
}
