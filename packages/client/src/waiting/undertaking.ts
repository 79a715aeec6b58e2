import { ClnrestError } from '../errors.ts';
import { onAbort } from './on-abort.ts';
import { after } from './sleep.ts';

/** What may end a call before its answer does. */
export interface Limits {
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly timeoutMs: number | undefined;
}

/**
 * One call under way: all that may end it early as one signal, whose reason is the error that the call is to
 * fail with.
 */
export class Undertaking {
  /** Whether the node may have got the request. */
  sent = false;
  /** Why it has not been answered so far, where that is known. */
  obstacle: ClnrestError | undefined;
  readonly #controller = new AbortController();
  readonly #undo: (() => void)[] = [];
  #stopClock: () => void = () => undefined;

  constructor({ signals, timeoutMs }: Limits) {
    for (const signal of signals) {
      if (signal === undefined) continue;
      this.#undo.push(onAbort(signal, () => this.#cancel(signal.reason)));
    }
    if (timeoutMs !== undefined && timeoutMs !== Infinity) {
      this.#stopClock = after(timeoutMs, () => this.#timeOut(timeoutMs));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From here on time does not count. */
  stopClock(): void {
    this.#stopClock();
  }

  /** Ends it early, for this reason. */
  abandon(reason: ClnrestError): void {
    this.#controller.abort(reason);
  }

  /** What to fail with: an early end is the reason for all errors behind it. */
  failure(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }

  /** It is over: what is still open of it is closed. */
  end(): void {
    this.stopClock();
    for (const undo of this.#undo) undo();
    this.#controller.abort();
  }

  #cancel(cause: unknown): void {
    const words = cause instanceof ClnrestError ? cause.message : 'The call was cancelled';
    this.#controller.abort(new ClnrestError('cancelled', words, { cause, mayHaveRun: this.sent }));
  }

  #timeOut(timeoutMs: number): void {
    const details = { mayHaveRun: this.sent, cause: this.obstacle };
    const words = `No answer within ${timeoutMs} ms`;
    this.#controller.abort(new ClnrestError('timed_out', words, details));
  }
}
