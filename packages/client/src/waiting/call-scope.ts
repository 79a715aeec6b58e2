import { ClnrestError } from '../errors.ts';
import { onAbort } from '@clnrest/bounds';
import { after } from './sleep.ts';

/** The signals and the timeout that can end a call. */
export interface Limits {
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly timeoutMs: number | undefined;
}

/** One for all calls: an error takes longer to create than many other parts of a call. */
const ENDED = new ClnrestError('cancelled', 'The call has ended');

/**
 * The lifetime of one call: combines signals and timeout into one signal, whose reason is the error that the call
 * fails with.
 */
export class CallScope {
  /** Whether the node may have received the request. */
  sent = false;
  /** The error of the last attempt, if the call is being retried. */
  lastError: ClnrestError | undefined;
  readonly #controller = new AbortController();
  readonly #undo: (() => void)[] = [];
  #clearTimeout: () => void = () => undefined;

  constructor({ signals, timeoutMs }: Limits) {
    for (const signal of signals) {
      if (signal === undefined) continue;
      this.#undo.push(onAbort(signal, () => this.#cancel(signal.reason)));
    }
    if (timeoutMs !== undefined && timeoutMs !== Infinity) {
      this.#clearTimeout = after(timeoutMs, () => this.#timeOut(timeoutMs));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the timeout. */
  clearTimeout(): void {
    this.#clearTimeout();
  }

  /** Ends the call early, for this reason. */
  abort(reason: ClnrestError): void {
    this.#controller.abort(reason);
  }

  /** Returns the signal's reason if the call was ended early, since later errors follow from it; else `error`. */
  reasonOr(error: unknown): unknown {
    return this.signal.aborted ? this.signal.reason : error;
  }

  /** Ends the call: stops the timeout, removes the listeners and closes the connection if it is still open. */
  end(): void {
    this.clearTimeout();
    for (const undo of this.#undo) undo();
    this.#controller.abort(ENDED);
  }

  #cancel(cause: unknown): void {
    const words = cause instanceof ClnrestError ? cause.message : 'The call was cancelled';
    this.#controller.abort(new ClnrestError('cancelled', words, { cause, mayHaveRun: this.sent }));
  }

  #timeOut(timeoutMs: number): void {
    const details = { mayHaveRun: this.sent, cause: this.lastError };
    const words = `No response within ${timeoutMs} ms`;
    this.#controller.abort(new ClnrestError('timed_out', words, details));
  }
}
