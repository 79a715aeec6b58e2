/** Where the trusted certificate authority comes from. */
export type AuthoritySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly pem: string }
  | { readonly kind: 'system' };

/** The gateway to diagnose, and the settings of the run. */
export interface DoctorTarget {
  /** Ends with a slash. */
  readonly url: URL;
  /** The rune as the user gave it, possibly malformed. */
  readonly rune: string | undefined;
  readonly authority: AuthoritySource;
  /** The origin whose cross-origin access is checked, if any. */
  readonly origin: string | undefined;
  /** Time limit of each step, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the run. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}
