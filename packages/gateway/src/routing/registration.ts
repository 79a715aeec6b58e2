import type { CheckedCall } from '../node/checked-call.ts';

/** HTTP methods of registered paths. */
export const REGISTRABLE = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One of {@link REGISTRABLE}. */
export type RegistrableMethod = (typeof REGISTRABLE)[number];

/** The registration of a path that runs a command. */
export interface PathRegistration {
  /** The pattern without leading and trailing slashes: `v{version}/user/{name}`. */
  readonly path: string;
  /** The name of the command. */
  readonly rpcMethod: string;
  readonly httpMethod: RegistrableMethod;
  /** Whether requests need a rune. `false` is valid only for GET. */
  readonly runeRequired: boolean;
  /** The values that `checkrune` gets instead of the request's own. */
  readonly runeRestrictions: Partial<CheckedCall>;
}
