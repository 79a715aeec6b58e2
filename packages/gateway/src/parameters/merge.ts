import { readMembers } from '@clnrest/lightningd';
import { Refusal } from '../refusals.ts';
import { bareName } from './names.ts';

/**
 * Merges the parameters of a body with an object of parameters from the path and the query; all are canonical
 * JSON, and so is the result. Throws a {@link Refusal}:
 * - `duplicate_key` if both have a name, or names that differ in punctuation only, because the intended
 *   value is unknown;
 * - `positional_parameters` if the body is a non-empty array.
 */
export function mergeParameters(outside: string, body: string): string {
  if (outside === '{}') return body;
  if (body === '{}' || body === '[]') return outside;
  if (body.startsWith('[')) throw Refusal.of('positional_parameters');
  const taken = new Map([...readMembers(outside).keys()].map((name) => [bareName(name), name]));
  for (const name of readMembers(body).keys()) {
    const other = taken.get(bareName(name));
    // Names the parameter of the path or query: it is short, and it does not come from the body.
    if (other !== undefined) throw Refusal.of('duplicate_key', { detail: other });
  }
  return `${outside.slice(0, -1)},${body.slice(1)}`;
}
