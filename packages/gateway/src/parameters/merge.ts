import { readMembers } from '@clnrest/lightningd';
import { Refusal } from '../errors.ts';
import { bareName } from './names.ts';

/**
 * The parameters of a body and those that were given outside of it, in one canonical text; both are
 * canonical, and the latter is an object. What a body has by position has no place among names, unless
 * it is nothing. Throws a {@link Refusal} (`duplicate_key`, `positional_parameters`): neither of two
 * values under one name, or under names that the judge takes for one, was meant more than the other.
 */
export function mergeParameters(outside: string, body: string): string {
  if (outside === '{}') return body;
  if (body === '{}' || body === '[]') return outside;
  if (body.startsWith('[')) throw Refusal.of('positional_parameters');
  const taken = new Map([...readMembers(outside).keys()].map((name) => [bareName(name), name]));
  for (const name of readMembers(body).keys()) {
    const other = taken.get(bareName(name));
    // The other one is known to whoever registered the path, or fits into a URL.
    if (other !== undefined) throw Refusal.of('duplicate_key', { detail: other });
  }
  return `${outside.slice(0, -1)},${body.slice(1)}`;
}
