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

/** What kind of thing was found. */
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
 * Something about a rune that its author may not have meant.
 *
 * `danger`: it allows more than it seems to; `mistake`: it can't do what it seems to; `hint`: it works,
 * with a consequence worth knowing.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'danger' | 'mistake' | 'hint';
  readonly message: string;
  /** Index of the restriction that it is about; nothing where it is about the whole rune. */
  readonly restriction?: number;
  /** Index of the alternative in that restriction. */
  readonly alternative?: number;
}

/**
 * Looks for what can never pass, what always passes, and what commonly surprises.
 *
 * @param now in seconds since 1970, for what has expired
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
    const message = 'no restrictions: whoever holds this rune can empty the node';
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

/** Fields that are judged without looking at a parameter. */
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
      message: `nothing passes: ${certainties.map(why).join('; ')}`,
      restriction: at,
    });
  }
  const reason = alwaysPasses(alternatives, certainties);
  if (reason !== undefined) {
    const message = `everything passes: ${reason}`;
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
    for (const [code, message] of surprises(alternative)) {
      findings.push({ code, severity: 'hint', message, restriction: at, alternative: i });
    }
  });
  return findings;
}

/** A comment standing alone is meant as one; beside others it lets everything through. */
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

/** A call without a command is none that matters. */
function everyCommand(alternatives: readonly Alternative[]): string | undefined {
  const methods = alternatives.filter(({ fieldname }) => fieldname === 'method');
  if (methods.some(({ condition, value }) => /^[\^$~]$/.test(condition) && value === '')) {
    return 'every command has nothing in it, too';
  }
  const [one, ...others] = methods.filter(({ condition }) => condition === '/');
  if (one === undefined) return undefined;
  const other = others.find(({ value }) => value !== one.value);
  if (other !== undefined) {
    return `every command differs from ${quoted(one.value)} or from ${quoted(other.value)}; put them into two restrictions`;
  }
  return methods.some(({ condition, value }) => condition === '=' && value === one.value)
    ? `every command is ${quoted(one.value)} or it is not`
    : undefined;
}

/** `pnum<5|pnum>2` leaves no number out. */
function everyCount(alternatives: readonly Alternative[]): string | undefined {
  const bounds = (wanted: '<' | '>'): bigint[] =>
    alternatives.flatMap(({ fieldname, condition, value }) =>
      fieldname === 'pnum' && condition === wanted ? (signedInteger(value) ?? []) : [],
    );
  const below = highest(bounds('<'), LEAST);
  const above = lowest(bounds('>'), MOST);
  return above < below
    ? `every number is less than ${below} or greater than ${above}; put them into two restrictions`
    : undefined;
}

/** The inside of a string in JSON, or its beginning. */
const JSON_STRING = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*(?:\\(?:u[0-9a-f]{0,3})?)?$/i;

function surprises({ fieldname, condition, value }: Alternative): [FindingCode, string][] {
  const found: [FindingCode, string][] = [];
  if (!isKnownField(fieldname) && condition !== '#') {
    found.push(['unknown_field', `${quoted(fieldname)} is no field that a node knows`]);
  }
  const parameter = /^pname(.*)$/s.exec(fieldname)?.[1];
  if (parameter !== undefined && parameter !== withoutPunctuation(parameter)) {
    const plain = `pname${withoutPunctuation(parameter)}`;
    found.push([
      'punctuation',
      `older nodes know this parameter as ${quoted(plain)} only, and newer ones by that name, too`,
    ]);
  }
  if ((condition === '<' || condition === '>') && /^(?:pname|parr)/.test(fieldname)) {
    const message =
      'only a JSON integer can pass: a number sent as text, as from a form, never does';
    found.push(['integers_only', message]);
  }
  // An array or an object is compared as it stands, quotes and all.
  if (/^(?:pname|parr)/.test(fieldname) && /^[=/^]/.test(condition) && /^[^[{]/.test(value)) {
    if (!JSON_STRING.test(value)) {
      const message =
        'no text is like that: JSON is compared, in which a quote is \\" and a backslash \\\\';
      found.push(['escapes', message]);
    }
  }
  if (fieldname === 'id' && condition !== '!' && condition !== '#') {
    found.push([
      'peers_only',
      'only a peer that uses commando has an id: over REST this never passes',
    ]);
  }
  if (parameter !== undefined && condition === '!') {
    found.push([
      'named_only',
      'the same parameter given by position passes; restrict parrN or pnum too',
    ]);
  }
  return found;
}

/** Restrictions that each make sense and together allow nothing. */
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
      const message = `nothing passes: no ${quoted(field)} satisfies ${texts} at once; alternatives belong into one restriction`;
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

/** The field that all alternatives are about, where there is one that a single value decides. */
function soleField(alternatives: readonly Alternative[]): string | undefined {
  const [first] = alternatives;
  if (first === undefined || /^(?:rate|per|pinv)/.test(first.fieldname)) return undefined;
  const same = alternatives.every(
    ({ fieldname, condition }) => fieldname === first.fieldname && condition !== '#',
  );
  return same ? first.fieldname : undefined;
}

const MOST_COMPARISONS = 1_000_000;

/** False only where it is certain that no value passes all. */
function isSatisfiable(all: readonly (readonly Alternative[])[], field: string): boolean {
  const listed = all.find((alternatives) =>
    alternatives.every(({ condition }) => condition === '='),
  );
  if (listed !== undefined) {
    // Of endless lists nothing is said: it would take the product of their lengths to find out.
    const count = all.reduce((sum, alternatives) => sum + alternatives.length, 0);
    if (listed.length * count > MOST_COMPARISONS) return true;
    return listed.some(({ value }) => {
      const number = signedInteger(value);
      // A parameter may be the text or the integer; either may pass.
      const candidates = field === 'time' || field === 'pnum' ? [number] : [value, number];
      return candidates.some((candidate) => passesAll(all, candidate));
    });
  }
  if (all.some((alternatives) => alternatives.every(({ condition }) => condition === '!'))) {
    return passesAll(all, undefined);
  }
  return range(all) && prefixes(all);
}

/** Beginnings that stand alone must be beginnings of the longest. */
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

/** What no bound exceeds: integers in runes have 64 bits. */
const [LEAST, MOST] = [-(2n ** 64n), 2n ** 64n];

/** Lower and upper bounds that stand alone must leave room for an integer. */
function range(all: readonly (readonly Alternative[])[]): boolean {
  const bounds = (condition: '<' | '>'): bigint[] =>
    all.flatMap((alternatives) => {
      const [only, ...others] = alternatives;
      const bound = only?.condition === condition ? signedInteger(only.value) : undefined;
      return others.length === 0 && bound !== undefined ? [bound] : [];
    });
  return highest(bounds('>'), LEAST) + 1n < lowest(bounds('<'), MOST);
}

function highest(bounds: readonly bigint[], least: bigint): bigint {
  return bounds.reduce((most, bound) => (bound > most ? bound : most), least);
}

function lowest(bounds: readonly bigint[], most: bigint): bigint {
  return bounds.reduce((least, bound) => (bound < least ? bound : least), most);
}

/** What a restriction asks of the parameters: that some are named, that some have a place, or that there are none. */
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

/** Parameters have names or places, and neither where there are none. */
function clashes(restrictions: readonly Restriction[]): Finding[] {
  const shapes = restrictions.map(shapeOf);
  const first = shapes.findIndex((shape) => shape !== undefined);
  const other = shapes.findIndex((shape) => shape !== undefined && shape !== shapes[first]);
  if (other < 0) return [];
  const message =
    'nothing passes: parameters that have names have no places, and where there are none they have neither; alternatives belong into one restriction';
  return [{ code: 'never_passes', severity: 'mistake', message, restriction: other }];
}

/** A derived rune can't loosen a rate: the longest pause stands, the others do nothing. */
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
      message: `${quoted(String(only))} has no effect: ${quoted(String(longest.only))} asks for as long a pause or a longer one`,
      restriction,
    }));
}

/**
 * lightningd v26.06.6 forgets the names of parameters after the first restriction that asks for one,
 * and then refuses the invoice: `Unknown invoice parameter` (observed).
 */
function lateInvoices(restrictions: readonly Restriction[]): Finding[] {
  const asks = ({ alternatives }: Restriction): boolean =>
    alternatives.some(({ fieldname }) => !PARAMETERLESS.has(fieldname));
  const first = restrictions.findIndex(asks);
  return restrictions.flatMap(({ alternatives }, restriction): Finding[] => {
    const late = first >= 0 && restriction > first;
    if (!late || !alternatives.some(({ fieldname }) => fieldname.startsWith('pinv'))) return [];
    const message =
      'some nodes refuse an invoice restriction behind another about parameters; put it first';
    return [{ code: 'invoice_first', severity: 'hint', message, restriction }];
  });
}

/** Restrictions of which none restricts are as good as none. */
function onlyAlways(restrictions: readonly Restriction[], now: bigint): Finding[] {
  const idle = restrictions.every(
    ({ alternatives }) =>
      alternatives.some((alternative) => certaintyOf(alternative, now).kind === 'always') ||
      (everyCommand(alternatives) ?? everyCount(alternatives)) !== undefined,
  );
  if (!idle) return [];
  const message = 'nothing is restricted: whoever holds this rune can empty the node';
  return [{ code: 'unrestricted', severity: 'danger', message }];
}

function why(certainty: Certainty): string {
  return certainty.kind === 'depends' ? '' : certainty.why;
}
