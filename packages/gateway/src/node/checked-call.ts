import type { Refusal } from '../refusals.ts';

/** A call of one of the node's commands. */
export interface CommandCall {
  readonly method: string;
  /** The parameters as canonical JSON. The command receives the same text. */
  readonly params: string;
}

/**
 * The call that a rune is checked against. It is the {@link CommandCall} itself, unless a registered path replaces
 * values with its `rune_restrictions`.
 */
export interface CheckedCall extends CommandCall {
  /** The node id of the caller, for restrictions on `id`. */
  readonly nodeid?: string | undefined;
  /** Set if the rune was allowed before, and is only checked again: for a subscriber that is already connected. */
  readonly isRecheck?: true;
}

/**
 * Resolves with the refusal if a rune does not allow a call, otherwise with undefined. Rejects if the node
 * does not respond; access is denied then.
 */
export type RuneCheck = (rune: string, call: CheckedCall) => Promise<Refusal | undefined>;
