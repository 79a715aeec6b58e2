import type { Endpoint } from './operation.ts';

const CAPTURE = /\{([^{}]*)\}/g;

/**
 * Has paths that differ in nothing but the names of their captures (`user/{id}` for GET and `user/{name}`
 * for POST) share the first one's names, since OpenAPI takes them for one path (3.1, section 4.8.8.1).
 * What is sent is the same.
 */
export function mergeTemplates(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const spellings = new Map<string, string>();
  return endpoints.map((endpoint) => {
    const shape = endpoint.path.replaceAll(CAPTURE, '{}');
    const path = spellings.get(shape) ?? endpoint.path;
    spellings.set(shape, path);
    return path === endpoint.path ? endpoint : respell(endpoint, path);
  });
}

function respell({ path: old, verb, operation }: Endpoint, path: string): Endpoint {
  const names = capturesOf(path);
  const renamed = new Map(capturesOf(old).map((name, index) => [name, names[index] ?? name]));
  const parameters = operation.parameters?.map((parameter) =>
    parameter.in === 'path'
      ? { ...parameter, name: renamed.get(parameter.name) ?? parameter.name }
      : parameter,
  );
  return { path, verb, operation: { ...operation, ...(parameters && { parameters }) } };
}

/** The names of a path's captures, in their order. */
export function capturesOf(path: string): readonly string[] {
  return [...path.matchAll(CAPTURE)].map(([, name = '']) => name);
}
