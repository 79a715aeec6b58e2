import type { Alternative } from '../alternative.ts';
import { compare } from '../compare.ts';
import { signedInteger } from '../integers.ts';
import { quoted } from '../quoted.ts';
import type { Restriction } from '../restriction.ts';
import { byteString } from '../text.ts';
import { highest, lowest, MAX_BOUND, MIN_BOUND } from './bounds.ts';
import type { Finding } from './finding.ts';
import { shapeOf } from './shape.ts';

/** Finds restrictions that are each satisfiable, but not together. */
export function contradictions(restrictions: readonly Restriction[]): Finding[] {
  const byField = new Map<string, { all: (readonly Alternative[])[]; last: number }>();
  restrictions.forEach(({ alternatives }, index) => {
    const field = soleField(alternatives);
    if (field === undefined) return;
    const about = byField.get(field) ?? { all: [], last: index };
    about.all.push(alternatives);
    byField.set(field, { ...about, last: index });
  });
  const findings: Finding[] = [];
  for (const [field, { all, last }] of byField) {
    if (all.length < 2) continue;
    if (!isSatisfiable(all, field)) {
      const texts = all
        .map((alternatives) => quoted(alternatives.map(String).join('|')))
        .join(' and ');
      const message = `no call passes: no ${quoted(field)} satisfies ${texts}; put alternatives into one restriction`;
      findings.push({
        code: 'never_passes',
        severity: 'mistake',
        message,
        restriction: last,
      });
    }
  }
  return findings;
}

/** Returns the field that all alternatives test, if there is exactly one and a single value decides it. */
function soleField(alternatives: readonly Alternative[]): string | undefined {
  const [first] = alternatives;
  if (first === undefined || /^(?:rate|per|pinv)/.test(first.fieldname)) return undefined;
  const same = alternatives.every(
    ({ fieldname, condition }) => fieldname === first.fieldname && condition !== '#',
  );
  return same ? first.fieldname : undefined;
}

const MAX_COMPARISONS = 1_000_000;

/** Returns false only if certainly no value passes all restrictions. */
function isSatisfiable(all: readonly (readonly Alternative[])[], field: string): boolean {
  const listed = all.find((alternatives) =>
    alternatives.every(({ condition }) => condition === '='),
  );
  if (listed !== undefined) {
    // Very long lists are not checked: the work is the product of their lengths.
    const count = all.reduce((sum, alternatives) => sum + alternatives.length, 0);
    if (listed.length * count > MAX_COMPARISONS) return true;
    return listed.some(({ value }) => {
      const number = signedInteger(value);
      // A parameter can be a text or an integer.
      const candidates = field === 'time' || field === 'pnum' ? [number] : [value, number];
      return candidates.some((candidate) => passesAll(all, candidate));
    });
  }
  if (all.some((alternatives) => alternatives.every(({ condition }) => condition === '!'))) {
    return passesAll(all, undefined);
  }
  return range(all) && prefixes(all);
}

/** Required prefixes are compatible if each is a prefix of the longest. */
function prefixes(all: readonly (readonly Alternative[])[]): boolean {
  const beginnings = all.flatMap(([only, ...others]) =>
    only?.condition === '^' && others.length === 0 ? [byteString(only.value)] : [],
  );
  const longest = beginnings.reduce((most, each) => (each.length > most.length ? each : most), '');
  return beginnings.every((each) => longest.startsWith(each));
}

function passesAll(
  all: readonly (readonly Alternative[])[],
  value: bigint | string | undefined,
): boolean {
  return all.every((alternatives) =>
    alternatives.some((alternative) => compare(alternative, value) === undefined),
  );
}

/** Required lower and upper bounds are compatible if an integer lies between them. */
function range(all: readonly (readonly Alternative[])[]): boolean {
  const bounds = (condition: '<' | '>'): bigint[] =>
    all.flatMap((alternatives) => {
      const [only, ...others] = alternatives;
      const bound = only?.condition === condition ? signedInteger(only.value) : undefined;
      return others.length === 0 && bound !== undefined ? [bound] : [];
    });
  return highest(bounds('>'), MIN_BOUND) + 1n < lowest(bounds('<'), MAX_BOUND);
}

/** Finds restrictions that require parameters by name, by position or absent at the same time. */
export function clashes(restrictions: readonly Restriction[]): Finding[] {
  const shapes = restrictions.map(shapeOf);
  const first = shapes.findIndex((shape) => shape !== undefined);
  const other = shapes.findIndex((shape) => shape !== undefined && shape !== shapes[first]);
  if (other < 0) return [];
  const message =
    'no call passes: parameters are passed either by name, by position or not at all; put alternatives into one restriction';
  return [{ code: 'never_passes', severity: 'mistake', message, restriction: other }];
}
