import type { Connection } from '../call/connection.ts';

/** The gateway to diagnose, and the settings of the run. */
export interface DoctorTarget extends Connection {
  /** The origin whose cross-origin access is checked, if any. */
  readonly origin: string | undefined;
  /** Time limit of each step, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the run. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}
