import type { CallOptions } from './call.ts';
import { TransportError } from './errors.ts';
import { onAbort } from './on-abort.ts';

/** setTimeout fires at once beyond this: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The caller's signal and the caller's time limit as one signal, which aborts with the error that
 * the call is to fail with: the signal's own reason, or a TransportError `timed_out`.
 */
export class Deadline {
  /** Undefined if the call may take as long as it likes. */
  readonly signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;

  constructor(method: string, options: CallOptions = {}) {
    const { signal, timeoutMs } = options;
    if (timeoutMs === undefined || timeoutMs > LONGEST_TIMER_MS) {
      this.signal = signal;
      return;
    }
    const controller = new AbortController();
    this.signal = controller.signal;
    if (signal?.aborted === true) {
      controller.abort(signal.reason);
      return;
    }
    this.#forget = onAbort(signal, () => controller.abort(signal?.reason));
    this.#timer = setTimeout(() => controller.abort(timedOut(method, timeoutMs)), timeoutMs);
  }

  /** From here on only the caller's signal counts. */
  stopClock(): void {
    clearTimeout(this.#timer);
  }

  /** The call is over. */
  stop(): void {
    this.stopClock();
    this.#forget?.();
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
  if (timeoutMs === undefined || timeoutMs > LONGEST_TIMER_MS) return undefined;
  return setTimeout(expired, timeoutMs);
}

/** The error of a call that took too long. */
export function timedOut(method: string, timeoutMs: number | undefined): TransportError {
  return new TransportError('timed_out', `no answer to ${method} within ${timeoutMs} ms`);
}
