import type { Refusal } from '../errors.ts';

/** A call of a command of the node. */
export interface CommandCall {
  readonly method: string;
  /** The parameters in canonical JSON: the same text that the command receives. */
  readonly params: string;
}

/** What a rune is checked against, usually just a {@link CommandCall}. */
export interface RuneQuestion extends CommandCall {
  /** The id of the node that counts as the caller. */
  readonly nodeid?: string | undefined;
}

/**
 * Checks whether a rune allows a call. Resolves with the refusal, or with nothing. Rejects if the node
 * cannot be asked; then nothing is allowed.
 */
export type RuneCheck = (rune: string, question: RuneQuestion) => Promise<Refusal | undefined>;
