/** What of Swagger UI 5.35 the page builds on; it has no types of its own. */
export interface SwaggerUi {
  (options: Readonly<Record<string, unknown>>): unknown;
}

/** The functions of Swagger UI that plugins replace. */
export interface Functions {
  getSampleSchema: (schema: Schema, mediaType: string | boolean, ...more: unknown[]) => unknown;
  resolveSubtree: (document: unknown, path: readonly string[], options: unknown) => unknown;
}

/** A schema as Swagger UI keeps it: an immutable map. */
export interface Schema {
  get(key: string): unknown;
}

/** What a plugin finds itself in. */
export interface System {
  readonly fn: Functions;
}

/** The little of React that a component in Swagger UI's own is made with. */
export interface React {
  createElement(type: unknown, props: unknown, ...children: unknown[]): unknown;
}

/** What components are made from. */
export interface Parts {
  readonly React: React;
  getComponent(name: string, container?: boolean): unknown;
}

/** A path and a verb: what an operation is found by. */
export type PathMethod = readonly [path: string, verb: string];

/** What of Swagger UI keeps requests' bodies. */
export interface Oas3System {
  readonly oas3Actions: {
    setRequestBodyValue(body: { value: unknown; pathMethod: PathMethod }): unknown;
  };
}

/** What of Swagger UI keeps answers. */
export interface SpecSystem {
  readonly specActions: {
    setResponse(path: string, verb: string, response: object): unknown;
  };
}
