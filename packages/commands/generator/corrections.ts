import type { Facts } from './fact-types.ts';

/** A place where a real node differs from its schema folder. */
export interface Correction {
  /** What the node does. */
  readonly why: string;
  /** A JSON Pointer (RFC 6901) into the facts: `/commands/pay/params/…`. */
  readonly path: string;
  /** The value to set; without it, the member is removed. */
  readonly value?: unknown;
  /** The new name of the member, which keeps its place. */
  readonly rename?: string;
}

/** Returns corrected facts. Throws if a correction names a place that does not exist: the schema folder changed. */
export function applyCorrections(facts: Facts, corrections: readonly Correction[]): Facts {
  const copy = structuredClone(facts);
  for (const correction of corrections) apply(copy, correction);
  return copy;
}

type Container = Record<string, unknown>;

function apply(facts: Facts, { path, value, rename }: Correction): void {
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let container = facts as unknown as Container;
  for (const step of steps) container = member(container, step, path) as Container;
  if (rename !== undefined) renameMember(container, last, rename, path);
  else if (value !== undefined) container[last] = value;
  else if (last in container) delete container[last];
  else throw stale(path);
}

function member(container: Container, step: string, path: string): unknown {
  const found = container[step];
  if (typeof found !== 'object' || found === null) throw stale(path);
  return found;
}

function renameMember(container: Container, from: string, to: string, path: string): void {
  if (!(from in container)) throw stale(path);
  const members = Object.entries(container);
  for (const [name] of members) delete container[name];
  for (const [name, value] of members) container[name === from ? to : name] = value;
}

function stale(path: string): Error {
  return new Error(
    `facts/corrections.json: ${path} does not exist; remove the correction if the schema folder is right now`,
  );
}
