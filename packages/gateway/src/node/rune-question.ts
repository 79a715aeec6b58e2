import type { Refusal } from '../refusals.ts';

/** A call of one of the node's commands. */
export interface CommandCall {
  readonly method: string;
  /** The parameters as canonical JSON. The command receives the same text. */
  readonly params: string;
}

/** What a rune is checked against, usually just a {@link CommandCall}. */
export interface RuneQuestion extends CommandCall {
  /** The node id of the caller, for restrictions on `id`. */
  readonly nodeid?: string | undefined;
}

/**
 * Resolves with the refusal if a rune does not allow a call, otherwise with undefined. Rejects if the node
 * does not respond; access is denied then.
 */
export type RuneCheck = (rune: string, question: RuneQuestion) => Promise<Refusal | undefined>;
