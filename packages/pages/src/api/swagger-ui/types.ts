/** The parts of Swagger UI 5.35 that the page uses. Swagger UI has no types of its own. */
export interface SwaggerUi {
  (options: Readonly<Record<string, unknown>>): unknown;
}

/** The functions of Swagger UI that plugins replace. */
export interface Functions {
  getSampleSchema: (schema: Schema, mediaType: string | boolean, ...more: unknown[]) => unknown;
  resolveSubtree: (document: unknown, path: readonly string[], options: unknown) => unknown;
}

/** A schema in Swagger UI: an immutable map. */
export interface Schema {
  get(key: string): unknown;
}

/** The system object that Swagger UI passes to plugins. */
export interface System {
  readonly fn: Functions;
}

/** The part of React that the components use. */
export interface React {
  createElement(type: unknown, props: unknown, ...children: unknown[]): unknown;
}

/** The parts that Swagger UI passes to components. */
export interface Parts {
  readonly React: React;
  getComponent(name: string, container?: boolean): unknown;
}

/** A path and a verb, which identify an operation. */
export type PathMethod = readonly [path: string, verb: string];

/** The part of Swagger UI that stores request bodies. */
export interface Oas3System {
  readonly oas3Actions: {
    setRequestBodyValue(body: { value: unknown; pathMethod: PathMethod }): unknown;
  };
}

/** The part of Swagger UI that stores responses. */
export interface SpecSystem {
  readonly specActions: {
    setResponse(path: string, verb: string, response: object): unknown;
  };
}
