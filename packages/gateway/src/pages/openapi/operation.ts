/** An Operation Object of OpenAPI, as far as this package uses it: one HTTP method of a path. */
export interface Operation {
  readonly tags: readonly [string];
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly OutsideParameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

/** A Parameter Object of OpenAPI: a parameter outside the body. */
export interface OutsideParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: object;
  readonly [more: string]: unknown;
}

/** The HTTP methods of operations. */
export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An operation with its path and HTTP method. */
export interface Endpoint {
  readonly path: string;
  readonly verb: Verb;
  readonly operation: Operation;
}

/** The security requirement of a rune. */
export const RUNE_NEEDED: readonly object[] = [{ rune: [] }];
