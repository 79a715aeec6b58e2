import type { Alternative } from '../alternative.ts';
import { signedInteger } from '../integers.ts';
import type { Restriction } from '../restriction.ts';

/** Returns how a restriction requires the parameters: by name, by position, or absent. */
export function shapeOf({ alternatives }: Restriction): 'named' | 'placed' | 'none' | undefined {
  const all = (asks: (alternative: Alternative) => boolean): boolean =>
    alternatives.length > 0 && alternatives.every(asks);
  const isThere = ({ condition }: Alternative): boolean => condition !== '!' && condition !== '#';
  if (all((one) => one.fieldname.startsWith('pname') && isThere(one))) return 'named';
  if (all((one) => /^parr[0-9]/.test(one.fieldname) && isThere(one))) return 'placed';
  const isNone = ({ condition, value }: Alternative): boolean =>
    condition === '=' ? value === '0' : condition === '<' && signedInteger(value) === 1n;
  return all((one) => one.fieldname === 'pnum' && isNone(one)) ? 'none' : undefined;
}

/**
 * Returns a function that decides whether a restriction on a named parameter also has an effect on calls with parameters by
 * position: another restriction for the same commands refuses such calls, or limits their number of parameters.
 */
export function limitsPositions(
  restrictions: readonly Restriction[],
): (restriction: Restriction) => boolean {
  const bySignature = new Set<string>();
  for (const { alternatives } of restrictions) {
    const others = alternatives.filter(({ fieldname }) => fieldname !== 'method');
    const isLimit = others.every(isNamed) || others.every(isAbsence);
    if (others.length > 0 && isLimit) bySignature.add(signatureOf(alternatives));
  }
  return ({ alternatives }) => bySignature.has('') || bySignature.has(signatureOf(alternatives));
}

function isNamed({ fieldname, condition }: Alternative): boolean {
  return /^(?:pname|pinv)/.test(fieldname) && condition !== '!' && condition !== '#';
}

function isAbsence({ fieldname, condition }: Alternative): boolean {
  return /^parr[0-9]/.test(fieldname)
    ? condition === '!'
    : fieldname === 'pnum' && (condition === '<' || condition === '=');
}

/** The alternatives on the command, in any order. */
function signatureOf(alternatives: readonly Alternative[]): string {
  const texts = alternatives.flatMap((alternative) =>
    alternative.fieldname === 'method' ? [alternative.encode()] : [],
  );
  return texts.toSorted().join('|');
}
