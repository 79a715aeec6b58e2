import { Restriction } from '@clnrest/runes';
import { secondsOf } from '../restricting/moment.ts';
import { isSpending, needsLimit, type Preset, PRESETS, rejectsLimits } from './preset.ts';
import { presetRestrictions, type Restrictions } from './preset-restrictions.ts';

/** The content of the form for new runes, as entered. */
export interface CreateForm {
  readonly preset: string;
  readonly name: string;
  readonly isLimited: boolean;
  readonly limit: string;
  readonly limitsFees: boolean;
  /** A number of days, `never` or `date`. */
  readonly expiry: string;
  readonly date: string;
  /** A number of uses per minute, `none` or `other`. */
  readonly rate: string;
  readonly otherRate: string;
}

export const EMPTY_CREATE_FORM: CreateForm = {
  preset: 'receive',
  name: '',
  isLimited: true,
  limit: '10000',
  limitsFees: true,
  expiry: '365',
  date: '',
  rate: 'none',
  otherRate: '',
};

/** Inputs that can be invalid. */
export type CreateField = 'name' | 'limit' | 'date' | 'otherRate';

/** A rune to create. */
export interface PlannedRune {
  /** What the rune is for, if a program needs several. */
  readonly use: string | undefined;
  readonly restrictions: Restrictions;
  /** Whether the rune can spend without a limit. */
  readonly isUnlimited: boolean;
  /** Whether a rune of the preset for limited payments has no rate, so that the sum of the payments is unlimited. */
  readonly isRepeatable: boolean;
  readonly parsed: readonly Restriction[];
}

/** The runes that the form describes, or the problems. */
export type CreatePlan =
  | { readonly preset: Preset; readonly runes: readonly PlannedRune[] }
  | { readonly preset: Preset; readonly problems: Readonly<Partial<Record<CreateField, string>>> };

/** Longer names are unreadable in lists, and a rune must fit into a header. */
export const MAX_NAME = 60;
/** All bitcoin that can exist. */
const MAX_SAT = 2_100_000_000_000_000n;
const MAX_RATE = 4_294_967_294n;
const DAY = 86_400n;

/** Why an input is invalid. */
class Problem {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** @param now in seconds since 1970 */
export function readCreateForm(form: CreateForm, now: bigint): CreatePlan {
  const preset = presetNamed(form.preset);
  const name = readName(form);
  const limitSat = readLimit(form, preset);
  const expiry = readExpiry(form, now);
  const rate = readRate(form);
  if (
    name instanceof Problem ||
    limitSat instanceof Problem ||
    expiry instanceof Problem ||
    rate instanceof Problem
  ) {
    return {
      preset,
      problems: problemsOf({ name, limit: limitSat, date: expiry, otherRate: rate }),
    };
  }
  const choices = { limitSat, limitsFees: form.limitsFees, expiry, rate };
  const runes = preset.runes.map((rune) => {
    const own = name !== '' && rune.use !== undefined ? `${name}, ${rune.use}` : name;
    const restrictions = presetRestrictions(rune, { ...choices, name: own });
    const parsed = restrictions.map((alternatives) => Restriction.of(...alternatives));
    const isUnlimited = rune.fees !== undefined && limitSat === undefined;
    const isRepeatable = needsLimit(preset) && rate === undefined;
    return { use: rune.use, restrictions, isUnlimited, isRepeatable, parsed };
  });
  return { preset, runes };
}

function problemsOf(
  read: Readonly<Record<CreateField, unknown>>,
): Partial<Record<CreateField, string>> {
  const problems: Partial<Record<CreateField, string>> = {};
  for (const field of ['name', 'limit', 'date', 'otherRate'] as const) {
    const value = read[field];
    if (value instanceof Problem) problems[field] = value.words;
  }
  return problems;
}

/** Returns the preset with an id; the first one for an unknown id. */
export function presetNamed(id: string): Preset {
  const [first] = PRESETS;
  const found = PRESETS.find((preset) => preset.id === id) ?? first;
  if (found === undefined) throw new Error('there are no presets');
  return found;
}

function readName(form: CreateForm): string | Problem {
  const name = form.name.trim();
  if (name.length > MAX_NAME) return new Problem(`Enter at most ${MAX_NAME} characters.`);
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)
    ? new Problem('Enter only visible characters.')
    : name;
}

function readLimit({ isLimited, limit }: CreateForm, preset: Preset): bigint | undefined | Problem {
  if (!isSpending(preset) || rejectsLimits(preset)) return undefined;
  if (!isLimited && !needsLimit(preset)) return undefined;
  const sat = wholeNumber(limit);
  return sat === undefined || sat > MAX_SAT ? new Problem(reasonAgainst(limit.trim())) : sat;
}

/** Returns why a text is not a limit in satoshi. */
function reasonAgainst(limit: string): string {
  if (/^0+$/.test(limit)) return 'Zero allows no payment. Enter at least 1 sat.';
  if (/^[0-9]+(?:,[0-9]{3})+$/.test(limit))
    return 'Enter the amount without commas, such as 10000.';
  if (/^[0-9]+[.,][0-9]+$/.test(limit))
    return 'Enter a whole number of satoshi, without a fraction.';
  if (/^[0-9]+$/.test(limit)) return `Enter at most ${MAX_SAT} sat, which is all bitcoin.`;
  return 'Enter a whole number of satoshi, such as 10000.';
}

function readExpiry({ expiry, date }: CreateForm, now: bigint): bigint | undefined | Problem {
  if (expiry === 'never') return undefined;
  if (expiry !== 'date') return now + BigInt(expiry) * DAY;
  const seconds = secondsOf(date);
  if (seconds === undefined) return new Problem('Enter a date and a time.');
  return seconds > now ? seconds : new Problem('This time has passed. Enter a later one.');
}

function readRate({ rate, otherRate }: CreateForm): bigint | undefined | Problem {
  if (rate === 'none') return undefined;
  const perMinute = wholeNumber(rate === 'other' ? otherRate : rate);
  return perMinute === undefined || perMinute > MAX_RATE
    ? new Problem('Enter a whole number of uses per minute, such as 60.')
    : perMinute;
}

/** Parses a positive integer. Accepts spaces and separators between digits, as people write amounts. */
function wholeNumber(text: string): bigint | undefined {
  const digits = text.trim().replace(/(?<=\d)[\s_'’](?=\d)/g, '');
  if (!/^[0-9]{1,18}$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return value > 0n ? value : undefined;
}
