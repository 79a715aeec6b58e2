import type { Alternative } from '../alternative.ts';
import { type Certainty, certaintyOf } from '../certainty.ts';
import { signedInteger } from '../integers.ts';
import { quoted } from '../quoted.ts';
import type { Restriction } from '../restriction.ts';
import { highest, lowest, MAX_BOUND, MIN_BOUND } from './bounds.ts';
import type { Finding } from './finding.ts';

/** A single comment is intentional. Beside other alternatives, a comment lets every call pass. */
export function alwaysPasses(
  alternatives: readonly Alternative[],
  certainties: readonly Certainty[],
): string | undefined {
  const only = alternatives.length === 1 ? alternatives[0] : undefined;
  if (only?.condition === '#') return undefined;
  const always = certainties.find(({ kind }) => kind === 'always');
  if (always !== undefined) return `${why(always)}; remove this restriction or alternative`;
  return everyCommand(alternatives) ?? everyCount(alternatives);
}

/** Assumes that every call has a command. */
function everyCommand(alternatives: readonly Alternative[]): string | undefined {
  const methods = alternatives.filter(({ fieldname }) => fieldname === 'method');
  if (methods.some(({ condition, value }) => /^[\^$~]$/.test(condition) && value === '')) {
    return 'every command matches an empty value; name the commands to allow';
  }
  const [one, ...others] = methods.filter(({ condition }) => condition === '/');
  if (one === undefined) return undefined;
  const other = others.find(({ value }) => value !== one.value);
  if (other !== undefined) {
    return `every command differs from ${quoted(one.value)} or from ${quoted(other.value)}; use two restrictions`;
  }
  return methods.some(({ condition, value }) => condition === '=' && value === one.value)
    ? `every command is either ${quoted(one.value)} or another command; name the commands to allow`
    : undefined;
}

/** `pnum<5|pnum>2` matches every number. */
function everyCount(alternatives: readonly Alternative[]): string | undefined {
  const bounds = (wanted: '<' | '>'): bigint[] =>
    alternatives.flatMap(({ fieldname, condition, value }) =>
      fieldname === 'pnum' && condition === wanted ? (signedInteger(value) ?? []) : [],
    );
  const below = highest(bounds('<'), MIN_BOUND);
  const above = lowest(bounds('>'), MAX_BOUND);
  return above < below
    ? `every number is less than ${below} or greater than ${above}; use two restrictions`
    : undefined;
}

/** Finds runes of which every restriction always passes. @param now in seconds since 1970 */
export function withoutEffect(restrictions: readonly Restriction[], now: bigint): Finding[] {
  const idle = restrictions.every(
    ({ alternatives }) =>
      alternatives.some((alternative) => certaintyOf(alternative, now).kind === 'always') ||
      (everyCommand(alternatives) ?? everyCount(alternatives)) !== undefined,
  );
  if (!idle) return [];
  const message = `no restriction has an effect: ${FULL_ACCESS}`;
  return [{ code: 'unrestricted', severity: 'danger', message }];
}

/** What an unrestricted rune allows, and what to do. */
export const FULL_ACCESS =
  "anyone who has this rune can spend all funds of the node; add a restriction with the commands to allow, such as 'method=getinfo|method=invoice'";

/** Returns the reason of a certain outcome. */
export function why(certainty: Certainty): string {
  return certainty.kind === 'depends' ? '' : certainty.why;
}
