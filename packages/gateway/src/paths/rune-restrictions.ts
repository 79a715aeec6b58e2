import { readMembers } from '@clnrest/lightningd';
import { Refusal } from '../refusals.ts';
import type { CheckedCall } from '../node/checked-call.ts';
import { canonicalParameters } from '../parameters/canonical-json.ts';
import { PathRefused } from '../routing/path-refused.ts';

/** Maximum length of restrictions: they are kept while the plugin runs and sent with every request. */
export const MAX_CHARACTERS = 16_384;

/** A node id: a compressed point (BOLT 1). */
const NODE_ID = /^0[23][0-9a-f]{64}$/i;

/** Characters with escapes in JSON: `checkrune` compares raw texts, so each method needs exactly one spelling. */
// oxlint-disable-next-line no-control-regex -- control characters are what must not be there
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;

/**
 * Reads the values that `checkrune` gets instead of the request's own: any of `nodeid`, `method` and `params`.
 * Throws a {@link PathRefused}, also for unknown names: a misspelled restriction would have no effect.
 */
export function readRestrictions(json: string | undefined): Partial<CheckedCall> {
  if (json === undefined) return {};
  if (!json.startsWith('{')) throw new PathRefused('rune_restrictions must be an object');
  if (json.length > MAX_CHARACTERS) throw new PathRefused('rune_restrictions are too long');
  const restrictions: { -readonly [Key in keyof CheckedCall]?: CheckedCall[Key] } = {};
  for (const [name, value] of readMembers(json)) {
    if (JSON.parse(value) === null) continue;
    switch (name) {
      case 'nodeid':
        restrictions.nodeid = readNodeId(value);
        break;
      case 'method':
        restrictions.method = readMethod(value);
        break;
      case 'params':
        restrictions.params = readParams(value);
        break;
      default:
        throw new PathRefused(`rune_restrictions has an unknown field: ${name}`);
    }
  }
  return restrictions;
}

function readNodeId(json: string): string {
  const id: unknown = JSON.parse(json);
  if (typeof id === 'string' && NODE_ID.test(id)) return id.toLowerCase();
  throw new PathRefused('rune_restrictions.nodeid must be the id of a node');
}

function readMethod(json: string): string {
  const method: unknown = JSON.parse(json);
  if (typeof method !== 'string' || method === '' || !method.isWellFormed()) {
    throw new PathRefused('rune_restrictions.method must be a string');
  }
  if (NEEDS_ESCAPE.test(method)) {
    throw new PathRefused('rune_restrictions.method must not need escapes');
  }
  return method;
}

/** Converts parameters to canonical JSON, the form in which a rune is checked against them. */
function readParams(json: string): string {
  if (!json.startsWith('{')) throw new PathRefused('rune_restrictions.params must be an object');
  try {
    return canonicalParameters(json);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new PathRefused(`rune_restrictions.params: ${cause.message}`, { cause });
  }
}
