import type { Alternative } from './alternative.ts';
import { type Certainty, certaintyOf, isKnownField } from './certainty.ts';
import { compare } from './compare.ts';
import { withoutPunctuation } from './condition.ts';
import { signedInteger } from './integers.ts';
import { quoted } from './quoted.ts';
import { pauseOfPer, pauseOfRate } from './rate.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';
import { byteString } from './text.ts';

/** The kind of a finding. */
export type FindingCode =
  | 'unrestricted'
  | 'never_passes'
  | 'expired'
  | 'always_passes'
  | 'unknown_field'
  | 'punctuation'
  | 'integers_only'
  | 'escapes'
  | 'named_only'
  | 'peers_only'
  | 'invoice_first'
  | 'no_effect';

/**
 * A part of a rune that its author may not have intended.
 *
 * `danger`: the rune allows more than it seems to. `mistake`: it cannot work as it seems to. `hint`: it works, with a
 * surprising consequence.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'danger' | 'mistake' | 'hint';
  readonly message: string;
  /** Index of the restriction; undefined if the finding is about the whole rune. */
  readonly restriction?: number;
  /** Index of the alternative in the restriction. */
  readonly alternative?: number;
}

/**
 * Finds restrictions that never pass, restrictions that always pass, and common mistakes.
 *
 * @param now in seconds since 1970, to find expired restrictions
 *
 * @example
 * ```ts
 * import { lint, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * const codes = (...restrictions) => lint(rune.restrictAll(restrictions), 0n).map(({ code }) => code);
 * codes(); // => ['unrestricted']
 * codes(Restriction.of('method=pay'), Restriction.of('method=xpay')); // => ['never_passes']
 * codes(Restriction.of('method=pay', 'method=xpay')); // => []
 * ```
 */
export function lint(rune: Rune, now: bigint): Finding[] {
  const { restrictions } = rune;
  if (restrictions.length === 0) {
    const message = `no restrictions: ${FULL_ACCESS}`;
    return [{ code: 'unrestricted', severity: 'danger', message }];
  }
  return [
    ...restrictions.flatMap((restriction, i) => lintRestriction(restriction, i, now)),
    ...contradictions(restrictions),
    ...clashes(restrictions),
    ...loosePauses(restrictions),
    ...lateInvoices(restrictions),
    ...onlyAlways(restrictions, now),
  ];
}

const FULL_ACCESS = 'anyone who has this rune can spend all funds of the node';

/** Fields that do not depend on a parameter. */
const PARAMETERLESS = new Set(['time', 'id', 'method', 'pnum', 'rate', 'per']);

function lintRestriction({ alternatives }: Restriction, at: number, now: bigint): Finding[] {
  if (alternatives.length === 0) {
    const message = 'a restriction without alternatives: no node accepts this rune';
    return [{ code: 'never_passes', severity: 'mistake', message, restriction: at }];
  }
  const findings: Finding[] = [];
  const certainties = alternatives.map((alternative) => certaintyOf(alternative, now));
  if (certainties.every(({ kind }) => kind === 'never')) {
    const expired = certainties.every(
      (certainty) => certainty.kind === 'never' && certainty.isPast,
    );
    findings.push({
      code: expired ? 'expired' : 'never_passes',
      severity: 'mistake',
      message: `no call passes: ${certainties.map(why).join('; ')}`,
      restriction: at,
    });
  }
  const reason = alwaysPasses(alternatives, certainties);
  if (reason !== undefined) {
    const message = `every call passes: ${reason}`;
    findings.push({ code: 'always_passes', severity: 'danger', message, restriction: at });
  }
  alternatives.forEach((alternative, i) => {
    if (/^(?:rate|per)$/.test(alternative.fieldname) && alternatives.length > 1) {
      const message = `'${alternative.fieldname}' does not limit what another alternative allows`;
      findings.push({
        code: 'no_effect',
        severity: 'hint',
        message,
        restriction: at,
        alternative: i,
      });
    }
    for (const [code, message] of alternativeHints(alternative)) {
      findings.push({ code, severity: 'hint', message, restriction: at, alternative: i });
    }
  });
  return findings;
}

/** A single comment is intentional. Beside other alternatives, a comment lets every call pass. */
function alwaysPasses(
  alternatives: readonly Alternative[],
  certainties: readonly Certainty[],
): string | undefined {
  const only = alternatives.length === 1 ? alternatives[0] : undefined;
  if (only?.condition === '#') return undefined;
  const always = certainties.find(({ kind }) => kind === 'always');
  if (always !== undefined) return why(always);
  return everyCommand(alternatives) ?? everyCount(alternatives);
}

/** Assumes that every call has a command. */
function everyCommand(alternatives: readonly Alternative[]): string | undefined {
  const methods = alternatives.filter(({ fieldname }) => fieldname === 'method');
  if (methods.some(({ condition, value }) => /^[\^$~]$/.test(condition) && value === '')) {
    return 'every command matches an empty value';
  }
  const [one, ...others] = methods.filter(({ condition }) => condition === '/');
  if (one === undefined) return undefined;
  const other = others.find(({ value }) => value !== one.value);
  if (other !== undefined) {
    return `every command differs from ${quoted(one.value)} or from ${quoted(other.value)}; use two restrictions`;
  }
  return methods.some(({ condition, value }) => condition === '=' && value === one.value)
    ? `every command is either ${quoted(one.value)} or another command`
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

/** The content of a JSON string, or a prefix of it. */
const JSON_STRING = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*(?:\\(?:u[0-9a-f]{0,3})?)?$/i;

function alternativeHints({ fieldname, condition, value }: Alternative): [FindingCode, string][] {
  const found: [FindingCode, string][] = [];
  if (!isKnownField(fieldname) && condition !== '#') {
    found.push(['unknown_field', `no node knows the field ${quoted(fieldname)}`]);
  }
  const parameter = /^pname(.*)$/s.exec(fieldname)?.[1];
  if (parameter !== undefined && parameter !== withoutPunctuation(parameter)) {
    const plain = `pname${withoutPunctuation(parameter)}`;
    found.push([
      'punctuation',
      `write ${quoted(plain)}: older nodes support only the name without punctuation`,
    ]);
  }
  if ((condition === '<' || condition === '>') && /^(?:pname|parr)/.test(fieldname)) {
    const message = 'only a JSON integer can pass: a number in quotes or in a form never passes';
    found.push(['integers_only', message]);
  }
  // Arrays and objects are compared as raw JSON.
  if (/^(?:pname|parr)/.test(fieldname) && /^[=/^]/.test(condition) && /^[^[{]/.test(value)) {
    if (!JSON_STRING.test(value)) {
      const message = 'no JSON text matches: write a quote as \\" and a backslash as \\\\';
      found.push(['escapes', message]);
    }
  }
  if (fieldname === 'id' && condition !== '!' && condition !== '#') {
    found.push([
      'peers_only',
      'this never passes over REST: only requests over commando have an id',
    ]);
  }
  if (parameter !== undefined && condition === '!') {
    found.push([
      'named_only',
      'callers can still pass the parameter by position: also restrict parrN or pnum',
    ]);
  }
  return found;
}

/** Finds restrictions that are each satisfiable, but not together. */
function contradictions(restrictions: readonly Restriction[]): Finding[] {
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

/** Limits that no bound exceeds, since integers in runes have 64 bits. */
const [MIN_BOUND, MAX_BOUND] = [-(2n ** 64n), 2n ** 64n];

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

function highest(bounds: readonly bigint[], least: bigint): bigint {
  return bounds.reduce((most, bound) => (bound > most ? bound : most), least);
}

function lowest(bounds: readonly bigint[], most: bigint): bigint {
  return bounds.reduce((least, bound) => (bound < least ? bound : least), most);
}

/** Returns how a restriction requires the parameters: by name, by position, or absent. */
function shapeOf({ alternatives }: Restriction): 'named' | 'placed' | 'none' | undefined {
  const all = (asks: (alternative: Alternative) => boolean): boolean =>
    alternatives.length > 0 && alternatives.every(asks);
  const isThere = ({ condition }: Alternative): boolean => condition !== '!' && condition !== '#';
  if (all((one) => one.fieldname.startsWith('pname') && isThere(one))) return 'named';
  if (all((one) => /^parr[0-9]/.test(one.fieldname) && isThere(one))) return 'placed';
  const isNone = ({ condition, value }: Alternative): boolean =>
    condition === '=' ? value === '0' : condition === '<' && signedInteger(value) === 1n;
  return all((one) => one.fieldname === 'pnum' && isNone(one)) ? 'none' : undefined;
}

/** Finds restrictions that require parameters by name, by position or absent at the same time. */
function clashes(restrictions: readonly Restriction[]): Finding[] {
  const shapes = restrictions.map(shapeOf);
  const first = shapes.findIndex((shape) => shape !== undefined);
  const other = shapes.findIndex((shape) => shape !== undefined && shape !== shapes[first]);
  if (other < 0) return [];
  const message =
    'no call passes: parameters are passed either by name, by position or not at all; put alternatives into one restriction';
  return [{ code: 'never_passes', severity: 'mistake', message, restriction: other }];
}

/** Finds rates without effect: only the longest interval counts, since a derived rune cannot loosen a rate. */
function loosePauses(restrictions: readonly Restriction[]): Finding[] {
  const pauses = restrictions.flatMap(({ alternatives }, restriction) => {
    const [only, ...others] = alternatives;
    if (only === undefined || others.length > 0) return [];
    if (only.fieldname !== 'rate' && only.fieldname !== 'per') return [];
    const pause = only.fieldname === 'rate' ? pauseOfRate(only) : pauseOfPer(only);
    return 'problem' in pause ? [] : [{ restriction, only, length: pause.nanoseconds }];
  });
  const longest = pauses.reduce<(typeof pauses)[number] | undefined>(
    (best, pause) => (best === undefined || pause.length > best.length ? pause : best),
    undefined,
  );
  if (longest === undefined) return [];
  return pauses
    .filter((pause) => pause !== longest)
    .map(({ restriction, only }) => ({
      code: 'no_effect',
      severity: 'hint',
      message: `${quoted(String(only))} has no effect: ${quoted(String(longest.only))} requires the same interval or a longer one`,
      restriction,
    }));
}

/**
 * lightningd v26.06.6 loses the names of parameters after the first restriction on a parameter, and then refuses
 * invoice restrictions: `Unknown invoice parameter` (observed).
 */
function lateInvoices(restrictions: readonly Restriction[]): Finding[] {
  const asks = ({ alternatives }: Restriction): boolean =>
    alternatives.some(({ fieldname }) => !PARAMETERLESS.has(fieldname));
  const first = restrictions.findIndex(asks);
  return restrictions.flatMap(({ alternatives }, restriction): Finding[] => {
    const late = first >= 0 && restriction > first;
    if (!late || !alternatives.some(({ fieldname }) => fieldname.startsWith('pinv'))) return [];
    const message =
      'some nodes refuse an invoice restriction after another restriction on parameters: put it first';
    return [{ code: 'invoice_first', severity: 'hint', message, restriction }];
  });
}

/** Finds runes of which every restriction always passes. */
function onlyAlways(restrictions: readonly Restriction[], now: bigint): Finding[] {
  const idle = restrictions.every(
    ({ alternatives }) =>
      alternatives.some((alternative) => certaintyOf(alternative, now).kind === 'always') ||
      (everyCommand(alternatives) ?? everyCount(alternatives)) !== undefined,
  );
  if (!idle) return [];
  const message = `no restriction has an effect: ${FULL_ACCESS}`;
  return [{ code: 'unrestricted', severity: 'danger', message }];
}

function why(certainty: Certainty): string {
  return certainty.kind === 'depends' ? '' : certainty.why;
}
