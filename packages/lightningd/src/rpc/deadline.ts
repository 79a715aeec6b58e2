import type { CallOptions } from './call.ts';
import { TransportError } from './errors.ts';
import { onAbort } from '@clnrest/bounds';

/** `setTimeout` fires immediately for longer times: 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Combines the caller's signal and time limit into one signal. It aborts with the error of the call:
 * the caller's reason, or a TransportError `timed_out`.
 */
export class Deadline {
  /** Undefined if the call has neither a signal nor a time limit. */
  readonly signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(method: string, options: CallOptions = {}) {
    const { signal, timeoutMs } = options;
    if (timeoutMs === undefined || timeoutMs > MAX_TIMER_MS) {
      this.signal = signal;
      return;
    }
    const controller = new AbortController();
    this.signal = controller.signal;
    if (signal?.aborted === true) {
      controller.abort(signal.reason);
      return;
    }
    this.#unsubscribe = onAbort(signal, () => controller.abort(signal?.reason));
    this.#timer = setTimeout(() => controller.abort(timedOut(method, timeoutMs)), timeoutMs);
  }

  /** Ends the time limit; the caller's signal still applies. */
  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  /** Releases the timer and the listener when the call has ended. */
  stop(): void {
    this.stopTimer();
    this.#unsubscribe?.();
  }
}

/**
 * Starts a timer for a call's time limit; none if the call has no limit. Where only the limit matters, this
 * costs a fraction of a {@link Deadline}, whose signal is an object of the system's own.
 */
export function startTimer(
  timeoutMs: number | undefined,
  expired: () => void,
): NodeJS.Timeout | undefined {
  if (timeoutMs === undefined || timeoutMs > MAX_TIMER_MS) return undefined;
  return setTimeout(expired, timeoutMs);
}

/** The error of a call that took too long. */
export function timedOut(method: string, timeoutMs: number | undefined): TransportError {
  return new TransportError('timed_out', `no reply to ${method} within ${timeoutMs} ms`);
}
