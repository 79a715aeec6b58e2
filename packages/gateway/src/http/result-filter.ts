import { Refusal } from '../refusals.ts';

/** Longer filters are not needed to name the members of any command's result. */
const MAX_CHARACTERS = 4_096;
/** Results are nested less deeply. */
const MAX_DEPTH = 32;

/**
 * Reads the header `Filter`: the members of the result that the client wants, in lightningd's syntax, for example
 * `{"invoices":[{"label":true}]}`. Returns its JSON text. Throws a {@link Refusal} (`bad_filter`) for any other text:
 * older versions of lightningd crash on some of them.
 */
export function readFilter(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (text.length > MAX_CHARACTERS || !isFilter(parsed(text), 0)) throw Refusal.of('bad_filter');
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the value is an object whose members are `true`, objects, or arrays of one object. */
function isFilter(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (depth > MAX_DEPTH) return false;
  return Object.values(value).every((member: unknown) => {
    if (member === true) return true;
    const inner: unknown = Array.isArray(member) && member.length === 1 ? member[0] : member;
    return isFilter(inner, depth + 1);
  });
}
