import type { SandboxErrorCode } from '../sandbox-error.ts';

/** What the program runs, as JSON in its only argument. */
export interface RunRequest {
  /** lightningd's options. */
  readonly args: readonly string[];
  /** Starts the bundled plugin `rest`. */
  readonly rest: boolean;
  /** A directory that the program removes when the node has stopped. */
  readonly remove: string | undefined;
}

/** The node that runs, as the first line of JSON that the program prints. */
export interface StartReport {
  readonly id: string;
  readonly alias: string;
  readonly network: string;
  readonly lightningDir: string;
  readonly networkDir: string;
  readonly rpcFile: string;
  readonly rune: string;
  readonly rest: { readonly url: string; readonly authorityFile: string | undefined } | undefined;
}

/** Why the node does not run, in place of a {@link StartReport}. */
export interface FailureReport {
  readonly failure: { readonly code: SandboxErrorCode; readonly message: string };
}
