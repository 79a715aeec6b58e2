import type { RuneQuestion } from '../node/rune-question.ts';

/** HTTP methods that a path may be registered for. */
export const REGISTRABLE = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One of {@link REGISTRABLE}. */
export type RegistrableMethod = (typeof REGISTRABLE)[number];

/** A path that leads to a command, as somebody registered it. */
export interface PathRegistration {
  /** Without slashes around it, with `{captures}`: `v{version}/user/{name}`. */
  readonly path: string;
  /** The command. */
  readonly rpcMethod: string;
  readonly httpMethod: RegistrableMethod;
  /** Only GET may do without. */
  readonly runeRequired: boolean;
  /** What the judge is asked instead of what the request says. */
  readonly runeRestrictions: Partial<RuneQuestion>;
}
