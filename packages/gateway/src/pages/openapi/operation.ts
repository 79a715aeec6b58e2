/** What is told of one HTTP method at one path: OpenAPI's Operation Object, as far as it is used here. */
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

/** A parameter that does not stand in the body: OpenAPI's Parameter Object. */
export interface OutsideParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: object;
  readonly [more: string]: unknown;
}

/** The HTTP methods that operations have here. */
export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An operation and where it is. */
export interface Endpoint {
  readonly path: string;
  readonly verb: Verb;
  readonly operation: Operation;
}

/** That a rune is needed, by the security scheme's name. */
export const RUNE_NEEDED: readonly object[] = [{ rune: [] }];
