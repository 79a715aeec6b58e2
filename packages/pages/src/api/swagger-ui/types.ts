/** The parts of Swagger UI 5.35 that the page uses. Swagger UI has no types of its own. */
export interface SwaggerUi {
  (options: Readonly<Record<string, unknown>>): LayoutSystem;
}

/** The part of Swagger UI that knows which operations are open. */
export interface LayoutSystem {
  readonly layoutActions: {
    /** Opens the operation of a decoded fragment, and scrolls there. */
    parseDeepLinkHash(fragment: string): unknown;
  };
}

/** The functions of Swagger UI that plugins replace. */
export interface Functions {
  getSampleSchema: (schema: Schema, mediaType: string | boolean, ...more: unknown[]) => unknown;
  resolveSubtree: (document: unknown, path: readonly string[], options: unknown) => unknown;
}

/** A part of the API's description in Swagger UI. */
export interface ImmutableMap {
  get(key: string): unknown;
  getIn(path: readonly (string | number)[]): unknown;
}

/** A schema in Swagger UI. */
export type Schema = Pick<ImmutableMap, 'get'>;

/** The system object that Swagger UI passes to plugins. */
export interface System {
  readonly fn: Functions;
}

/** The part of React that the components use. */
export interface React {
  readonly Fragment: unknown;
  createElement(type: unknown, props: unknown, ...children: readonly unknown[]): unknown;
  useState<State>(initial: State): readonly [State, (state: State) => void];
  useSyncExternalStore(subscribe: Subscribe, read: () => string): string;
}

type Subscribe = (changed: () => void) => () => void;

/** The parts that Swagger UI passes to components. */
export interface Parts {
  readonly React: React;
}

/** A path and a verb, which identify an operation. */
export type PathMethod = readonly [path: string, verb: string];

/** The part of Swagger UI that stores request bodies. */
export interface Oas3System {
  readonly oas3Actions: {
    setRequestBodyValue(body: { value: unknown; pathMethod: PathMethod }): unknown;
  };
}

/** The part of Swagger UI that stores the API's description and responses. */
export interface SpecSystem {
  readonly specActions: {
    setResponse(path: string, verb: string, response: object): unknown;
    updateLoadingStatus(status: 'success'): unknown;
    updateSpec(text: string): unknown;
    updateJsonSpec(document: unknown): unknown;
  };
}

/** The parts of Swagger UI from which code samples are made. */
export interface SampleSystem {
  readonly oas3Selectors: {
    requestBodyValue(path: string, verb: string): unknown;
    requestContentType(path: string, verb: string): unknown;
    selectedServer(): string;
    serverEffectiveValue(server: string): string;
  };
  readonly specSelectors: {
    specResolvedSubtree(path: readonly string[]): ImmutableMap | undefined;
    url(): string;
  };
  getStore(): { readonly subscribe: Subscribe };
}
