import type { Endpoint } from './operation.ts';

const CAPTURE = /\{([^{}]*)\}/g;

/**
 * Renames captures so that paths that differ only in the names of their captures (`user/{id}` for GET and
 * `user/{name}` for POST) have the names of the first path. OpenAPI treats such paths as identical (3.1, section
 * 4.8.8.1). Requests do not contain the names.
 */
export function mergeTemplates(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const templates = new Map<string, string>();
  return endpoints.map((endpoint) => {
    const shape = endpoint.path.replaceAll(CAPTURE, '{}');
    const path = templates.get(shape) ?? endpoint.path;
    templates.set(shape, path);
    return path === endpoint.path ? endpoint : renameCaptures(endpoint, path);
  });
}

function renameCaptures({ path: old, verb, operation }: Endpoint, path: string): Endpoint {
  const names = capturesOf(path);
  const renamed = new Map(capturesOf(old).map((name, index) => [name, names[index] ?? name]));
  const parameters = operation.parameters?.map((parameter) =>
    parameter.in === 'path'
      ? { ...parameter, name: renamed.get(parameter.name) ?? parameter.name }
      : parameter,
  );
  return { path, verb, operation: { ...operation, ...(parameters && { parameters }) } };
}

/** Returns the names of a path's captures in their order. */
export function capturesOf(path: string): readonly string[] {
  return [...path.matchAll(CAPTURE)].map(([, name = '']) => name);
}
